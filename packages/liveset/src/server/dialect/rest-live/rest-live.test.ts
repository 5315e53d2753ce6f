import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Api } from "../../api.ts";
import { createServer } from "../../create-server.ts";
import { sqlite } from "../../database/sqlite/sqlite.ts";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { heap } from "../heap.fixture.ts";
import { type Frame, startRestLive, todos } from "./rest-live.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const model = "todolist.Task";
const api: Api = defineApi({
  tasks: resource(todos, {
    model,
    filters: ["text", "done", "id"],
    search: ["text"],
    orderBy: ["id", "text"],
    params: { list: z.coerce.number().optional() },
  }),
});
const list = { model, action: "list" };
const told = (id: unknown, action: string, instance: object) => ({
  type: "broadcast",
  id,
  model,
  action,
  instance,
});

describe("the messages of the usage page", () => {
  test("a retrieve hears of its own row alone, also with view_kwargs", async () => {
    const server = await startRestLive(api);
    await server.run("insert into todos values (1, 'a', 0), (29, 'b', 0)");
    const client = await server.connect();
    await client.subscribe({ id: 1337, model, action: "retrieve", lookup_by: 1 });
    await client.subscribe({
      id: 1339,
      model,
      action: "retrieve",
      lookup_by: "29",
      view_kwargs: { list: 14 },
    });
    await server.run("update todos set done = 1");
    await server.run("insert into todos values (2, 'c', 0)");
    expect(await client.rest()).toEqual([
      told(1337, "UPDATED", { id: 1, text: "a", done: true }),
      told(1339, "UPDATED", { id: 29, text: "b", done: true }),
    ]);
  });

  test("`subscription` subscribes as well, and what the page leaves out may be left out", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    client.send({ id: 1338, type: "subscription", model: "todolist.Task", action: "list" });
    expect(await client.rest()).toEqual([]);
    await client.subscribe({ id: 1, ...list });
    await server.run("insert into todos values (1, 'a', 0)");
    expect(await client.rest()).toEqual(
      [1338, 1].map((id) => told(id, "CREATED", { id: 1, text: "a", done: false })),
    );
  });

  test("a broadcast has its members in the order of the original, as compact JSON", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    await client.subscribe({ id: 0, ...list });
    const texts: string[] = [];
    client.pair.client.addEventListener("message", ({ data }) => texts.push(String(data)));
    await server.run("insert into todos values (1, 'ä \"x\"', 0)");
    await client.rest();
    expect(texts[0]).toBe(
      '{"type":"broadcast","id":0,"model":"todolist.Task","action":"CREATED","instance":{"id":1,"text":"ä \\"x\\"","done":false}}',
    );
  });
});

describe("query_params", () => {
  test.each<[Frame, readonly number[]]>([
    [{ done: true }, [2, 4]],
    [{ done: "True" }, [2, 4]],
    [{ id__in: [1, 2] }, [1, 2]],
    [{ text__in: ["a", "d,e"] }, [1, 4]],
    [{ where: { text: { gt: "b" } }, format: "json" }, [3, 4]],
    [{ ordering: "-id", limit: 2 }, [3, 4]],
  ])("%j", async (query_params, ids) => {
    const server = await startRestLive(api);
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list, query_params });
    await server.run("insert into todos values (1, 'a', 0), (2, 'b', 1), (3, 'c', 0), (4, 'd,e', 1)");
    const frames = await client.rest();
    expect(frames.map(({ action }) => action)).toEqual(ids.map(() => "CREATED"));
    const seen = frames.map(({ instance }) => (instance as { id: number }).id);
    expect(seen.toSorted((a, b) => a - b)).toEqual(ids);
  });

  test.each<[Frame, string]>([
    [{ secret: 1 }, "secret"],
    [{ done: "maybe" }, "done"],
    [{ done: null }, "query_params.done must not be null"],
    [{ ordering: "nope" }, "nope"],
  ])("%j is refused and named, and the connection lives on", async (query_params, named) => {
    const server = await startRestLive(api);
    const client = await server.connect();
    client.send({ type: "subscribe", id: 1, ...list, query_params });
    const frame = await client.next();
    expect(frame).toMatchObject({ type: "error", id: 1, code: 400 });
    expect(frame.message).toContain(named);
    await client.subscribe({ id: 1, ...list });
  });
});

test("a row that leaves a list of windows makes room for the next one", async () => {
  const server = await startRestLive(api);
  await server.run("insert into todos values (1, 'a', 0), (2, 'b', 0), (3, 'c', 0)");
  const client = await server.connect();
  await client.subscribe({ id: 1, ...list, query_params: { ordering: "id", limit: 2 } });
  await server.run("delete from todos where id = 1");
  expect(await client.rest()).toEqual([
    told(1, "DELETED", { pk: 1, id: 1 }),
    told(1, "CREATED", { id: 3, text: "c", done: false }),
  ]);
});

describe("ids", () => {
  test.each([[0], [""], ["x"], [true], [1.5], [{ a: [1] }], [[null]]])(
    "%j is an id, echoed as it is, and may be used again",
    async (id) => {
      const server = await startRestLive(api);
      const client = await server.connect();
      await client.subscribe({ id, ...list });
      await server.run("insert into todos values (1, 'a', 0)");
      expect(await client.rest()).toEqual([told(id, "CREATED", { id: 1, text: "a", done: false })]);
      client.send({ type: "unsubscribe", id });
      expect(await client.rest()).toEqual([]);
      await client.subscribe({ id, ...list });
      await server.run("delete from todos");
      expect(await client.rest()).toEqual([told(id, "DELETED", { pk: 1, id: 1 })]);
    },
  );

  test("an id that is taken is refused, and its subscription goes on", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    await client.subscribe({ id: 1, ...list });
    client.send({ type: "subscribe", id: 1, ...list });
    expect(await client.next()).toMatchObject({ type: "error", id: 1, code: 400 });
    await server.run("insert into todos values (1, 'a', 0)");
    expect(await client.rest()).toHaveLength(1);
  });
});

describe("extensions that old clients do not ask for", () => {
  test("P2: `snapshot` brings the rows first, and `commit` says where the client is", async () => {
    const server = await startRestLive(api);
    await server.run("insert into todos values (1, 'a', 0)");
    const client = await server.connect();
    client.send({ type: "subscribe", id: 1, ...list, snapshot: true });
    expect(await client.next()).toMatchObject({
      type: "snapshot",
      id: 1,
      model,
      instances: [{ id: 1, text: "a", done: false }],
    });
    await server.run("update todos set done = 1");
    expect((await client.rest()).map(({ type }) => type)).toEqual(["broadcast", "commit"]);
  });

  test("P4: `since` brings exactly what was missed", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    client.send({ type: "subscribe", id: 1, ...list, snapshot: true });
    const { cursor, plan } = await client.next();
    client.pair.cut();
    await server.run("insert into todos values (1, 'a', 0)");
    await server.run("insert into todos values (2, 'b', 0)");
    await server.run("delete from todos where id = 1");
    const again = await server.connect();
    again.send({ type: "subscribe", id: 1, ...list, since: { cursor, plan } });
    expect(await again.next()).toMatchObject({ type: "resumed", id: 1, model, plan });
    expect(await again.next()).toEqual(told(1, "CREATED", { id: 2, text: "b", done: false }));
    expect(await again.next()).toMatchObject({ type: "commit" });
  });

  test("P4: a position that is not known any more brings a snapshot", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    client.send({ type: "subscribe", id: 1, ...list, since: { cursor: "ffffffff-1-a", plan: "x" } });
    expect(await client.next()).toMatchObject({ type: "snapshot", id: 1, instances: [] });
  });
});

test("a list that cannot be continued ends the connection, whose client connects and reads again", async () => {
  const server = await startRestLive(api, { limits: { waitingBytes: 2_000 } });
  const client = await server.connect();
  await client.subscribe({ id: 1, ...list });
  const release = client.pair.hold("client");
  for (let id = 1; id < 40; id++)
    await server.run(`insert into todos values (${id}, '${"x".repeat(2_000)}', 0)`);
  release();
  await client.until(() => client.closed !== null);
  expect(client.closed).toBe(4410);
});

test("P5: what happens to rows outside of the scope is not told, and what leaves it is a key", async () => {
  const server = await startRestLive(
    defineApi({ tasks: resource(todos, { model, scope: () => ({ done: false }), check: () => true }) }),
  );
  const client = await server.connect();
  await client.subscribe({ id: 1, ...list });
  await server.run("insert into todos values (1, 'secret', 1)");
  await server.run("update todos set text = 'still secret'");
  await server.run("update todos set done = 0, text = 'shown'");
  await server.run("update todos set done = 1, text = 'secret again'");
  const frames = await client.rest();
  expect(frames).toEqual([
    told(1, "CREATED", { id: 1, text: "shown", done: false }),
    told(1, "DELETED", { pk: 1, id: 1 }),
  ]);
});

describe("signs of life", () => {
  test("a client that says nothing is not closed where its socket cannot be asked", async () => {
    const server = await startRestLive(api);
    const client = await server.connect();
    server.clock.advance(3_600_000);
    await client.subscribe({ id: 1, ...list });
  });

  test("a socket that can be asked is, and closed where it does not answer", async () => {
    const server = await startRestLive(api, { limits: { heartbeat: 1_000 } });
    const client = await server.connect();
    const { server: end } = client.pair;
    let asked = 0;
    const pair = Object.assign(end, { ping: () => asked++ });
    const second = await server.connect();
    Object.assign(second.pair.server, { ping: () => {} });
    server.server.accept(pair, new Request("http://test/ws/subscribe/"));
    await expect.poll(() => server.clock.pending).toBeGreaterThan(0);
    server.clock.advance(1_000);
    expect(asked).toBe(1);
    server.clock.advance(1_000);
    await client.until(() => client.closed !== null);
    expect(client.closed).toBe(4409);
  });
});

test("two dialects cannot have one path", () => {
  const database = sqlite(":memory:");
  expect(() => createServer(api, { database, socketPath: "/ws", restLive: { path: "/ws/" } })).toThrow(
    "each needs a path of its own",
  );
});

test("no frame, whatever it is, ends a connection, passes in silence, stays in memory or disturbs another client", {
  timeout: 120_000 * soak,
}, async () => {
  const server = await startRestLive(api, { limits: { burst: 1e9 } });
  const other = await server.connect();
  await other.subscribe({ id: "other", ...list });
  const client = await server.connect();
  const word = fc.constantFrom(
    "subscribe",
    "subscription",
    "unsubscribe",
    "list",
    "retrieve",
    model,
    "id",
    "nope",
  );
  const value = fc.oneof(word, fc.jsonValue({ maxDepth: 2 }), fc.constant("__proto__"));
  const frame = fc.oneof(
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
    {
      weight: 4,
      arbitrary: fc
        .dictionary(
          fc.constantFrom(
            "type",
            "id",
            "model",
            "action",
            "lookup_by",
            "view_kwargs",
            "query_params",
            "snapshot",
            "since",
          ),
          value,
        )
        .map((fields) => JSON.stringify({ ...fields, type: fields.type ?? "unsubscribe" })),
    },
  );
  const seed = Number(process.env.LIVESET_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const from = `LIVESET_SEED=${seed}`;
  const frames = fc.sample(frame, { numRuns: 100_000 * soak, seed });
  let before = 0;
  for (let i = 0; i < frames.length; i += 1_000) {
    for (const text of frames.slice(i, i + 1_000)) client.sendText(text);
    const answers = await client.rest();
    expect(answers.length, from).toBeGreaterThan(500);
    expect(
      answers.every(({ type }) => type === "error" || type === "snapshot"),
      from,
    ).toBe(true);
    if (i === 20_000) before = heap();
  }
  expect(heap() - before, from).toBeLessThan(8);
  expect(client.closed, from).toBeNull();
  await server.run("insert into todos values (1, 'a', 0)");
  expect(await other.rest()).toEqual([told("other", "CREATED", { id: 1, text: "a", done: false })]);
});
