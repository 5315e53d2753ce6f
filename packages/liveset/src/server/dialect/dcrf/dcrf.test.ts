import { describe, expect, test } from "vitest";
import { socketPair } from "../../../testing/socket-pair.ts";
import { action } from "../../action.ts";
import type { Api } from "../../api.ts";
import { createServer } from "../../create-server.ts";
import { sqlite } from "../../database/sqlite/sqlite.ts";
import { defineApi } from "../../define-api.ts";
import { observer } from "../../observer.ts";
import { resource } from "../../resource.ts";
import { startDcrf, things, thingsApi } from "./dcrf.fixture.ts";

const insert = "insert into things (id, name, counter) values";

describe("streams", () => {
  test.each([
    ["names no resource", { streams: { x: "nothing" } }, "dcrf.streams.x names no resource of the API."],
    [
      "names a resource of another API",
      { streams: { x: resource(things) } },
      "dcrf.streams.x names no resource",
    ],
    [
      "calls the key as another field",
      { streams: { x: { resource: "things", pkField: "name" } } },
      'pkField is "name", which is another field',
    ],
  ])("a stream that %s ends the start", (_, dcrf, sentence) => {
    expect(() => createServer(thingsApi, { database: sqlite(":memory:"), dcrf })).toThrow(sentence);
  });

  test("a stream may be named by what resource gave", async () => {
    const own = resource(things, { fields: ["name"] });
    const api: Api = defineApi({ own });
    const server = await startDcrf({ api, dcrf: { streams: { alias: own } } });
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    for (const stream of ["alias", "own"])
      expect(await client.ask(stream, { action: "list", request_id: 1 })).toMatchObject({
        stream,
        data: [{ id: 1, name: "a" }],
      });
  });

  test.each([
    ["has the name of an action", { observe: { increment: observer(things) } }, "which is taken"],
    ["has the name of an operation", { observe: { list: observer(things) } }, "which is taken"],
    [
      "ends like another begins",
      { observe: { a: observer(things, { unsubscribe: "b" }), b: observer(things) } },
      "which is taken",
    ],
  ])("an observer that %s ends the start", (_, options, sentence) => {
    const increment = action(things, { run: () => 1 });
    expect(() => defineApi({ things: resource(things, { actions: { increment }, ...options }) })).toThrow(
      sentence,
    );
  });

  test("one path speaks liveset.v1 with those who offer it, and with all where dcrf is off", async () => {
    for (const [protocol, dcrf] of [
      ["liveset.v1", undefined],
      ["", false],
    ] as const) {
      const server = await startDcrf(dcrf === undefined ? {} : { dcrf });
      const pair = socketPair({ protocol });
      const first = new Promise<string>((resolve) => {
        pair.client.addEventListener("message", ({ data }) => resolve(String(data)));
      });
      server.server.accept(pair.server, new Request("http://test/ws"));
      expect(JSON.parse(await first)).toMatchObject({ type: "welcome" });
    }
  });
});

describe("limits", () => {
  test("a frame beyond the burst is answered 429 under its own address, and nobody is cut off", async () => {
    const server = await startDcrf({ limits: { burst: 2, framesPerSecond: 1 } });
    const client = await server.connect();
    for (let id = 1; id <= 3; id++) client.send("things", { action: "retrieve", pk: 9, request_id: id });
    const answers = [await client.next(), await client.next(), await client.next()];
    expect(answers.find(({ request_id }) => request_id === 3)).toMatchObject({
      stream: "things",
      action: "retrieve",
      response_status: 429,
      errors: ["Request was throttled."],
    });
    expect(client.closed).toBeNull();
  });

  test("a subscription beyond the limit is 429, and the others go on", async () => {
    const server = await startDcrf({ limits: { subscriptions: 1 } });
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0)`);
    const client = await server.connect();
    await client.ask("things", { action: "subscribe_instance", pk: 1, request_id: 1 });
    expect(await client.ask("things", { action: "subscribe_instance", pk: 2, request_id: 2 })).toMatchObject({
      response_status: 429,
    });
    await server.run("update things set counter = 1");
    expect(await client.rest()).toMatchObject([{ action: "update", request_id: 1 }]);
  });

  test("a list of more rows than may be held is refused, and pages of it are not", async () => {
    const server = await startDcrf({ limits: { liveRows: 2 } });
    await server.run(`${insert} (1, 'a', 0), (2, 'b', 0), (3, 'c', 0)`);
    const client = await server.connect();
    expect(await client.ask("things", { action: "list", request_id: 1 })).toMatchObject({
      response_status: 400,
      errors: [expect.stringContaining("more than 2 rows")],
    });
    expect(await client.ask("paged", { action: "list", request_id: 1 })).toMatchObject({
      data: { count: 3 },
    });
  });

  test("P8: a slow reader of one row is told its last state, and loses nothing else", async () => {
    const server = await startDcrf({ limits: { waitingBytes: 2_000 } });
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect();
    await client.ask("things", { action: "subscribe_instance", pk: 1, request_id: 1 });
    const release = client.pair.hold("client");
    for (let counter = 1; counter <= 300; counter++)
      await server.run(`update things set counter = ${counter}, name = '${"x".repeat(400)}${counter}'`);
    release();
    const states: unknown[] = [];
    while (states.at(-1) !== 300) states.push(((await client.next()).data as { counter: number }).counter);
    expect(states.length).toBeLessThan(300);
    expect(states).toEqual(states.toSorted((a, b) => Number(a) - Number(b)));
    expect(client.closed).toBeNull();
  });
});

test("a slow reader too has a reply before the event that it caused, and an acknowledgement before the first event", async () => {
  const server = await startDcrf();
  await server.run(`${insert} (1, 'a', 0)`);
  const client = await server.connect();
  await client.ask("things", { action: "subscribe_instance", pk: 1, request_id: "s" });
  const release = client.pair.hold("client");
  await server.run(`update things set name = '${"x".repeat(70_000)}'`);
  client.send("things", { action: "patch", pk: 1, data: { name: "b" }, request_id: "p" });
  client.send("things", { action: "subscribe_instance", pk: 1, request_id: "t" });
  await expect.poll(() => server.server.stats()).toMatchObject({ subscriptions: 2, opening: 0 });
  await server.run("update things set counter = 1");
  release();
  const seen = (await client.rest()).map(({ action, request_id }) => `${action} ${request_id}`);
  expect(seen[0]).toBe("update s");
  expect(seen.slice(1, 3)).toEqual(["patch p", "subscribe_instance t"]);
  expect(seen.slice(3)).toContain("update s");
  expect(seen.slice(3)).toContain("update t");
});

describe("rights that change (P9)", () => {
  const api: Api = defineApi({
    things: resource(things, {
      scope: ({ user }) => ({ counter: banned.has(Number(user?.id)) ? -1 : 0 }),
      observe: { subscribe_many: observer(things) },
    }),
  });
  const banned = new Set<number>();

  test("P5: a row that may not be seen any more is a delete without values", async () => {
    banned.clear();
    const server = await startDcrf({ api });
    await server.run(`${insert} (1, 'a', 0)`);
    const client = await server.connect(1);
    await client.ask("things", { action: "subscribe_instance", pk: 1, request_id: 1 });
    banned.add(1);
    await server.server.refresh(1);
    expect(await client.next()).toMatchObject({ action: "delete", response_status: 204, data: { pk: 1 } });
    await server.run("update things set name = 'secret'");
    expect(await client.rest()).toEqual([]);
  });

  test("a list that became another one ends the connection, whose client subscribes again", async () => {
    banned.clear();
    const server = await startDcrf({ api });
    const client = await server.connect(1);
    await client.ask("things", { action: "subscribe_many", request_id: 1 });
    banned.add(1);
    await server.server.refresh(1);
    await client.until(() => client.closed !== null);
    expect(client.closed).toBe(4410);
  });

  test("who is revoked is closed with 4401", async () => {
    const server = await startDcrf({ api });
    const client = await server.connect(1);
    server.server.revoke(1);
    await client.until(() => client.closed !== null);
    expect(client.closed).toBe(4401);
  });
});

test("a detached action is told that its caller has gone", async () => {
  let aborted: () => void = () => {};
  const gone = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  const api: Api = defineApi({
    things: resource(things, {
      actions: {
        wait: action(things, {
          detail: false,
          detached: true,
          run: ({ signal, reply }) => {
            reply("waiting");
            return new Promise<void>((resolve) => {
              signal.addEventListener("abort", () => {
                aborted();
                resolve();
              });
            });
          },
        }),
      },
    }),
  });
  const server = await startDcrf({ api });
  const client = await server.connect();
  expect(await client.ask("things", { action: "wait", request_id: 1 })).toMatchObject({ data: "waiting" });
  client.pair.cut();
  await gone;
});
