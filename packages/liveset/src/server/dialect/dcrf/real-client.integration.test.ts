import { describe, expect, test } from "vitest";
import { type RealClient, recorder, runSql, serveThings } from "./real-client.fixture.ts";

// dcrf-client 0.3.0 itself, over real sockets.

type Thing = Record<string, unknown>;

describe.each([
  ["things", "pk"],
  ["things_with_id", "id"],
] as const)("the integration suite of dcrf-client, stream %s", (stream, pkField) => {
  const start = async (): Promise<RealClient> => (await serveThings({ fresh: true })).connect({ pkField });
  const create = (client: RealClient, name: string): Promise<Thing> =>
    client.create(stream, { name }) as Promise<Thing>;
  const pkOf = (thing: Thing): number => Number(thing[pkField]);

  test("case client create: returns an object with the name and the counter 0", async () => {
    const client = await start();
    expect(await create(client, "unique")).toEqual({ [pkField]: 1, name: "unique", counter: 0 });
  });

  test("case client retrieve: create, then retrieve, is the same object", async () => {
    const client = await start();
    const created = await create(client, "unique");
    expect(await client.retrieve(stream, pkOf(created))).toEqual(created);
  });

  test("case client list: an empty database is an empty list", async () => {
    const client = await start();
    expect(await client.list(stream)).toEqual([]);
  });

  test("case client list: three concurrent creates, then a list that contains them", async () => {
    const client = await start();
    const created = await Promise.all(["a", "b", "c"].map((name) => create(client, name)));
    expect(await client.list(stream)).toEqual(expect.arrayContaining(created));
  });

  test("case client subscribe, then delete: the callback is given exactly {[pkField]: id}", async () => {
    const client = await start();
    const thing = await create(client, "unique");
    const heard = recorder();
    await client.subscribe(stream, pkOf(thing), heard.record);
    await client.delete(stream, pkOf(thing));
    await heard.until(1);
    expect(heard.calls).toEqual([[{ [pkField]: pkOf(thing) }, "delete"]]);
  });

  test("case client subscribe and update without awaiting: the callback is given the new name", async () => {
    const client = await start();
    const thing = await create(client, "unique");
    const heard = recorder();
    void client.subscribe(stream, pkOf(thing), heard.record);
    void client.update(stream, pkOf(thing), { name: "new" });
    await heard.until(1);
    expect(heard.calls).toEqual([[{ [pkField]: pkOf(thing), name: "new", counter: 0 }, "update"]]);
  });

  test("case client multiple objects: each callback gets its own", async () => {
    const client = await start();
    const made = await Promise.all(["a", "b", "c"].map((name) => create(client, name)));
    const heard = made.map(() => recorder());
    for (const [index, thing] of made.entries())
      void client.subscribe(stream, pkOf(thing), heard[index]?.record ?? (() => {}));
    for (const thing of made) void client.update(stream, pkOf(thing), { name: `new ${thing.name}` });
    await Promise.all(heard.map((each) => each.until(1)));
    expect(heard.map(({ calls }) => calls.map(([{ name }]) => name))).toEqual([
      ["new a"],
      ["new b"],
      ["new c"],
    ]);
  });

  test.each([
    ["create with includeCreateEvents", true],
    ["without it: create ignored, update delivered", false],
  ])(
    "case client custom: subscribe_many, %s; update; delete; unsubscribe_many",
    async (_, includeCreateEvents) => {
      const client = await start();
      const heard = recorder();
      const request_id = crypto.randomUUID();
      const actions = includeCreateEvents ? ["create", "update", "delete"] : ["update", "delete"];
      for (const action of actions)
        client.dispatcher.listen({ stream, payload: { action, request_id } }, (message) =>
          heard.record((message as { payload: { data: Thing } }).payload.data, action),
        );
      expect(await client.request(stream, { action: "subscribe_many" }, request_id)).toBeNull();
      const thing = await create(client, "unique");
      await client.update(stream, pkOf(thing), { name: "new" });
      await client.delete(stream, pkOf(thing));
      await heard.until(actions.length);
      expect(heard.calls).toEqual([
        ...(includeCreateEvents ? [[thing, "create"]] : []),
        [{ ...thing, name: "new" }, "update"],
        [{ pk: pkOf(thing) }, "delete"],
      ]);
      expect(await client.request(stream, { action: "unsubscribe_many" }, request_id)).toBeNull();
    },
  );
});

describe("every public call", () => {
  test("case client request: a refusal rejects with the whole payload", async () => {
    const client = (await serveThings()).connect();
    await expect(client.create("things", {})).rejects.toEqual({
      action: "create",
      data: null,
      errors: [{ name: ["This field is required."] }],
      request_id: expect.any(String),
      response_status: 400,
    });
    await expect(client.request("things", { action: "nope" }, "mine")).rejects.toMatchObject({
      response_status: 405,
      request_id: "mine",
    });
    await expect(client.request("nowhere", { action: "list" })).rejects.toMatchObject({
      response_status: 404,
    });
  });

  test("case client patch and delete: a patch changes what it names; a delete resolves with null", async () => {
    const client = (await serveThings()).connect();
    await client.create("things", { name: "a" });
    expect(await client.patch("things", 1, { counter: 5 })).toEqual({ pk: 1, name: "a", counter: 5 });
    expect(await client.delete("things", 1)).toBeNull();
    await expect(client.retrieve("things", 1)).rejects.toMatchObject({
      response_status: 404,
      errors: ["Not found"],
    });
  });

  test("case client W request while disconnected: what is asked before connecting is sent then, in order", async () => {
    const client = (await serveThings()).create();
    const asked = [
      client.create("things", { name: "a" }),
      client.create("things", { name: "b" }),
      client.list("things"),
    ];
    client.initialize();
    expect(await Promise.all(asked)).toEqual([
      { pk: 1, name: "a", counter: 0 },
      { pk: 2, name: "b", counter: 0 },
      [
        { pk: 1, name: "a", counter: 0 },
        { pk: 2, name: "b", counter: 0 },
      ],
    ]);
  });

  test("case client W preprocessPayload and preprocessMessage: what they add reaches the server and disturbs nothing", async () => {
    const client = (await serveThings()).connect({
      preprocessPayload: (_, payload) => {
        payload.token = "secret";
        if (payload.action === "create") payload.data = { ...(payload.data as Thing), counter: 7 };
      },
      preprocessMessage: (message) => ({ ...message, extra: true }),
    });
    expect(await client.create("things", { name: "a" })).toEqual({ pk: 1, name: "a", counter: 7 });
    expect(await client.list("things")).toHaveLength(1);
  });

  test("case client W delete event with ensurePkFieldInDeleteEvents off: it stays under pk", async () => {
    const client = (await serveThings()).connect({ pkField: "id", ensurePkFieldInDeleteEvents: false });
    await client.create("things_with_id", { name: "a" });
    const heard = recorder();
    await client.subscribe("things_with_id", 1, heard.record);
    await client.delete("things_with_id", 1);
    await heard.until(1);
    expect(heard.calls).toEqual([[{ pk: 1 }, "delete"]]);
  });

  test("case client W stops listening on cancel", async () => {
    const client = (await serveThings()).connect();
    await client.create("things", { name: "a" });
    const [cancelled, kept] = [recorder(), recorder()];
    const subscription = client.subscribe("things", 1, cancelled.record);
    await subscription;
    await client.subscribe("things", 1, kept.record);
    expect([subscription.cancel(), subscription.cancel()]).toEqual([true, false]);
    await client.patch("things", 1, { counter: 1 });
    await kept.until(1);
    expect(cancelled.calls).toEqual([]);
    expect(client.unsubscribeAll()).toBe(1);
  });

  test("case client send, sendNow and resubscribe: frames of one's own, and subscriptions said again", async () => {
    const client = (await serveThings()).connect();
    await client.create("things", { name: "a" });
    const heard = recorder();
    await client.subscribe("things", 1, heard.record);
    client.resubscribe();
    client.send({ stream: "things", payload: { action: "patch", pk: 1, data: { counter: 1 } } });
    client.sendNow({ stream: "things", payload: { action: "patch", pk: 1, data: { counter: 2 } } });
    await heard.until(2);
    expect(heard.calls.map(([{ counter }]) => counter)).toEqual([1, 2]);
  });
});

describe("a lost connection", () => {
  test("case client W resubscribes on reconnect: and what was missed meanwhile comes", async () => {
    const server = await serveThings();
    const client = server.connect();
    await client.create("things", { name: "a" });
    await client.create("things", { name: "b" });
    const [changed, deleted] = [recorder(), recorder()];
    await client.subscribe("things", 1, changed.record);
    await client.subscribe("things", 2, deleted.record);
    client.transport.socket.close();
    await expect.poll(() => server.server.stats().connections).toBe(0);
    await runSql(server, "update things set counter = 9 where id = 1");
    await runSql(server, "delete from things where id = 2");
    client.transport.socket.reconnect();
    await Promise.all([changed.until(1), deleted.until(1)]);
    expect(changed.calls).toEqual([[{ pk: 1, name: "a", counter: 9 }, "update"]]);
    expect(deleted.calls).toEqual([[{ pk: 2 }, "delete"]]);
    await client.patch("things", 1, { counter: 10 });
    await changed.until(2);
  });

  test("case client queue: requests made while offline are sent after the subscriptions, in order", async () => {
    const server = await serveThings();
    const client = server.connect();
    await client.create("things", { name: "a" });
    const heard = recorder();
    await client.subscribe("things", 1, heard.record);
    client.transport.socket.close();
    await expect.poll(() => server.server.stats().connections).toBe(0);
    const offline = recorder();
    const asked = [client.patch("things", 1, { counter: 1 }), client.patch("things", 1, { counter: 2 })];
    // A subscription made while offline is sent twice by the client, under one request_id.
    const subscription = client.subscribe("things", 1, offline.record);
    client.transport.socket.reconnect();
    expect(await Promise.all(asked)).toMatchObject([{ counter: 1 }, { counter: 2 }]);
    await subscription;
    await client.patch("things", 1, { counter: 3 });
    await heard.until(3);
    expect(heard.calls.at(-1)?.[0]).toMatchObject({ counter: 3 });
    await offline.until(1);
    expect(offline.calls.at(-1)?.[0]).toMatchObject({ counter: 3 });
  });

  test("case client reconnects after a close by the server, as after any", async () => {
    const server = await serveThings({ fresh: false });
    const client = server.connect();
    let reconnects = 0;
    client.transport.on("reconnect", () => {
      reconnects++;
    });
    await client.list("things");
    const too = "x".repeat(70_000);
    client.sendNow({ stream: "things", payload: { action: "list", too } });
    await expect.poll(() => reconnects, { timeout: 10_000 }).toBe(1);
    expect(await client.list("things")).toEqual([]);
  });
});
