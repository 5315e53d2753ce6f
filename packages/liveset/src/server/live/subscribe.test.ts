import { expect, test } from "vitest";
import type { Database } from "../database/database.ts";
import { type FixtureOptions, gate, override, startFixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;
const row = (id: number, text: string, done = false) => ({ id, text, done, ownerId: 1 });

test("welcome comes first, with the session, the epoch, the cursor and the heartbeat", async () => {
  const { connect, database } = await started();
  const client = await connect(1);
  expect(client.frames).toEqual([
    {
      type: "welcome",
      session: expect.stringMatching(/^[0-9a-f-]{36}$/),
      epoch: database.feed.epoch,
      cursor: database.feed.cursor,
      heartbeat: 25_000,
    },
  ]);
});

test("P1: a list follows rows that enter, change and leave its filter", async () => {
  const { connect, run } = await started(
    "insert into tasks (id, text, ownerId) values (1, 'Milk', 1), (2, 'Tea', 1)",
  );
  const client = await connect(1);
  await client.open("s", { ...list, query: { where: { done: false } } });
  expect(client.rows("s")).toEqual([row(1, "Milk"), row(2, "Tea")]);
  await run("insert into tasks (id, text, ownerId) values (3, 'Rice', 1)");
  await run("update tasks set text = 'Oat milk' where id = 1");
  await run("update tasks set done = 1 where id = 2");
  await run("update tasks set done = 0 where id = 2");
  await run("delete from tasks where id = 3");
  await client.ping();
  const [, subscribed] = client.frames;
  const group = subscribed?.type === "subscribed" ? subscribed.group : 0;
  const changes = client.frames.filter((frame) => frame.type === "changes");
  const cursor = expect.any(String);
  expect(changes).toEqual([
    { type: "changes", group, cursor, enter: [row(3, "Rice")] },
    { type: "changes", group, cursor, update: [row(1, "Oat milk")] },
    { type: "changes", group, cursor, leave: ["2"] },
    { type: "changes", group, cursor, enter: [row(2, "Tea")] },
    { type: "changes", group, cursor, leave: ["3"] },
  ]);
  expect(client.rows("s")).toEqual([row(1, "Oat milk"), row(2, "Tea")]);
});

test("P3: a transaction comes whole, in one commit, in the order of commits", async () => {
  const { connect, fixture } = await started();
  const client = await connect(1);
  await client.open("s", list);
  await client.open("t", { ...list, query: { where: { done: true } } });
  await fixture.transaction(
    "insert into tasks (id, text, ownerId) values (1, 'a', 1)",
    "insert into tasks (id, text, done, ownerId) values (2, 'b', 1, 1)",
    "update tasks set text = 'c' where id = 1",
  );
  await fixture.transaction("delete from tasks where id = 2");
  await client.ping();
  const told = client.frames.slice(3).map(({ type }) => type);
  expect(told).toEqual(["changes", "changes", "commit", "changes", "changes", "commit", "pong"]);
  expect(client.rows("s")).toEqual([row(1, "c")]);
  expect(client.rows("t")).toEqual([]);
});

test("what a list neither shows nor asks about is not told, nor is an update that changes nothing", async () => {
  const { connect, run } = await started("insert into tasks (id, text, ownerId) values (1, 'Milk', 1)");
  const client = await connect(1);
  await client.open("s", list);
  await run("update tasks set secret = 'x'");
  await run("update tasks set text = 'Milk'");
  await run("insert into tasks (id, text, ownerId) values (2, 'of somebody else', 2)");
  await client.ping();
  expect(client.frames.map(({ type }) => type)).toEqual(["welcome", "subscribed", "pong"]);
});

test("a changed key is a leave and an enter", async () => {
  const { connect, run } = await started("insert into tasks (id, text, ownerId) values (1, 'Milk', 1)");
  const client = await connect(1);
  await client.open("s", list);
  await run("update tasks set id = 7");
  await client.ping();
  expect(client.frames.at(-3)).toMatchObject({ enter: [row(7, "Milk")], leave: ["1"] });
});

test("the snapshot comes in the order asked for, and tells the order and the key", async () => {
  const { connect } = await started(
    "insert into tasks (id, text, ownerId) values (1, 'b', 1), (2, 'c', 1), (3, 'a', 1)",
  );
  const client = await connect(1);
  await client.open("s", { ...list, query: { orderBy: { text: "desc" } } });
  expect(client.frames.at(-1)).toMatchObject({
    type: "subscribed",
    id: "s",
    resumed: false,
    keys: ["id"],
    order: [
      { column: "text", direction: "desc", kind: "text" },
      { column: "id", direction: "asc", kind: "integer" },
    ],
    rows: [row(2, "c"), row(1, "b"), row(3, "a")],
  });
});

test("two orders of one list share the group and its snapshot", async () => {
  const reads = { count: 0 };
  const reading = gate();
  const { connect, fixture } = await started(
    "insert into tasks (id, text, ownerId) values (1, 'b', 1), (2, 'a', 1)",
    {
      wrap: (database) => counting(database, reads, reading.opened),
    },
  );
  const client = await connect(1);
  client.subscribe("s", { ...list, query: { orderBy: { text: "asc" } } });
  client.subscribe("t", { ...list, query: { orderBy: { text: "desc" } } });
  await client.ping();
  await expect.poll(() => reads.count).toBe(1);
  reading.open();
  await client.until(() => client.lists.size === 2);
  expect(client.rows("s").map(({ text }) => text)).toEqual(["a", "b"]);
  expect(client.rows("t").map(({ text }) => text)).toEqual(["b", "a"]);
  expect(fixture.server.stats()).toEqual({ connections: 1, subscriptions: 2, opening: 0, groups: 1 });
  expect(reads.count).toBe(1);
});

test("a group is told once to a session, however many of its lists it feeds", async () => {
  const { connect, run } = await started();
  const client = await connect(1);
  await client.open("s", list);
  await client.open("t", list);
  await run("insert into tasks (id, text, ownerId) values (1, 'Milk', 1)");
  await client.ping();
  expect(client.frames.slice(3).map(({ type }) => type)).toEqual(["changes", "commit", "pong"]);
  expect([client.rows("s").length, client.rows("t").length]).toEqual([1, 1]);
  client.unsubscribe("s");
  await client.ping();
  await run("delete from tasks");
  await client.ping();
  expect(client.rows("t")).toEqual([]);
});

test("a list may be searched", async () => {
  const { connect, run } = await started(
    "insert into tasks (id, text, ownerId) values (1, 'Oat Milk', 1), (2, 'Tea', 1)",
  );
  const client = await connect(1);
  await client.open("s", { ...list, query: { search: "MILK" } });
  await run("update tasks set text = 'Tea with milk' where id = 2");
  await client.ping();
  expect(client.rows("s").map(({ id }) => id)).toEqual([1, 2]);
});

test("one row is followed as it leaves the scope and returns", async () => {
  const { connect, run } = await started(
    "insert into tasks (id, text, ownerId) values (1, 'Milk', 1), (2, 'Tea', 1)",
  );
  const client = await connect(1);
  await client.open("s", { resource: "tasks", action: "retrieve", key: 1 });
  expect(client.rows("s")).toEqual([row(1, "Milk")]);
  await run("update tasks set text = text || '!'");
  await run("update tasks set ownerId = 2, text = 'hidden'");
  await run("update tasks set text = 'still hidden'");
  await run("update tasks set ownerId = 1, text = 'back'");
  await run("delete from tasks");
  await client.ping();
  expect(client.frames.filter((frame) => frame.type === "changes")).toMatchObject([
    { update: [row(1, "Milk!")] },
    { leave: ["1"] },
    { enter: [row(1, "back")] },
    { leave: ["1"] },
  ]);
});

test("P1: a row that is absent or out of scope opens empty, and is followed when it comes", async () => {
  const { connect, run } = await started("insert into tasks (id, text, ownerId) values (1, 'of two', 2)");
  const client = await connect(1);
  await client.open("hidden", { resource: "tasks", action: "retrieve", key: 1 });
  await client.open("absent", { resource: "tasks", action: "retrieve", key: 9 });
  expect([client.rows("hidden"), client.rows("absent")]).toEqual([[], []]);
  await run("update tasks set ownerId = 1, text = 'of one'");
  await run("insert into tasks (id, text, ownerId) values (9, 'new', 1)");
  await client.ping();
  expect([client.rows("hidden"), client.rows("absent")]).toEqual([[row(1, "of one")], [row(9, "new")]]);
});

test.each([
  [{ ...list, query: { limit: 0 } }, "invalid", ["limit"]],
  [{ ...list, query: { offset: 5 } }, "invalid", ["offset"]],
  [{ ...list, query: { after: "x" } }, "invalid", ["after"]],
  [{ ...list, key: 1 }, "invalid", ["key"]],
  [{ ...list, query: { where: { secret: "x" } } }, "invalid", ["where", "secret"]],
  [{ ...list, query: { orderBy: { secret: "asc" } } }, "invalid", ["orderBy", "secret"]],
  [{ ...list, params: { nothing: 1 } }, "invalid", ["params", "nothing"]],
  [{ resource: "tasks", action: "retrieve" as const }, "invalid", ["key"]],
  [{ resource: "tasks", action: "retrieve" as const, key: 1, query: { limit: 1 } }, "invalid", ["limit"]],
  [
    { resource: "tasks", action: "retrieve" as const, key: 1, query: { where: { secret: "x" } } },
    "invalid",
    ["where", "secret"],
  ],
  [{ resource: "toString", action: "list" as const }, "unknown_resource", undefined],
])("what cannot be followed is refused by name: %j", async (ask, code, path) => {
  const { connect, fixture } = await started("insert into tasks (id, ownerId) values (2, 2)");
  const client = await connect(1);
  await expect(client.open("s", ask)).rejects.toMatchObject({ code });
  expect(client.errors.get("s")?.errors?.[0]?.path).toEqual(path);
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 0, groups: 0 });
  await client.open("s", list);
});

test("an id may be used again after unsubscribe, not before", async () => {
  const { connect } = await started();
  const client = await connect(1);
  await client.open("s", list);
  await expect(client.open("t", list)).resolves.toBeDefined();
  client.subscribe("s", list);
  await client.ping();
  expect(client.errors.get("s")?.code).toBe("duplicate_id");
  client.unsubscribe("s");
  client.errors.delete("s");
  await client.open("s", list);
  client.unsubscribe("nothing");
  await client.ping();
  expect(client.errors.get("nothing")?.code).toBe("unknown_subscription");
});

test("P2: what is committed while rows are read is in the snapshot once, neither lost nor double", async () => {
  const before = gate();
  const after = gate();
  const { connect, run, fixture } = await started(
    "insert into tasks (id, text, ownerId) values (1, 'stays', 1), (2, 'goes', 1), (3, 'changes', 1)",
    {
      wrap: (database) =>
        override(database, {
          read: async (work) => {
            await before.opened;
            const result = await database.read(work);
            await after.opened;
            return result;
          },
        }),
    },
  );
  const client = await connect(1);
  client.subscribe("s", list);
  await expect.poll(() => fixture.server.stats().groups).toBe(1);
  await run("insert into tasks (id, text, ownerId) values (4, 'before the read', 1)");
  await run("update tasks set text = 'changed before' where id = 3");
  before.open();
  await run("insert into tasks (id, text, ownerId) values (5, 'after the read', 1)");
  await run("update tasks set text = 'changed after' where id = 3");
  await run("delete from tasks where id in (2, 4)");
  await run("insert into tasks (id, text, ownerId) values (6, 'flash', 1)");
  await run("delete from tasks where id = 6");
  after.open();
  await client.until(() => client.lists.size === 1);
  await client.ping();
  const told = client.frames.slice(1).map(({ type }) => type);
  expect(told).toEqual(["subscribed", "pong"]);
  expect(client.rows("s")).toEqual([row(1, "stays"), row(3, "changed after"), row(5, "after the read")]);
});

test("P2: 500 subscribes while a writer writes at full speed, no gap and nothing double", async () => {
  const { connect, fixture } = await started();
  const state = { writing: true };
  const writer = (async () => {
    for (let i = 0; state.writing; i++) {
      await fixture.transaction(
        `insert or replace into tasks (id, text, done, ownerId) values (${i % 50}, 'v${i}', ${i % 2}, 1)`,
        `update tasks set done = not done where id = ${(i * 7) % 50}`,
        `delete from tasks where id = ${(i * 13) % 50}`,
      );
      // The database answers without leaving the turn: others must be let in.
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let round = 0; round < 25; round++) {
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect(1)));
    await Promise.all(
      clients.flatMap((client) => [
        client.open("s", list),
        client.open("t", { ...list, query: { where: { done: round % 2 === 0 } } }),
      ]),
    );
  }
  state.writing = false;
  await writer;
  await Promise.all(fixture.clients.map((client) => client.ping()));
  const fresh = await connect(1);
  await fresh.open("s", list);
  await fresh.open("t", { ...list, query: { where: { done: true } } });
  await fresh.open("f", { ...list, query: { where: { done: false } } });
  const sorted = (client: typeof fresh, id: string) =>
    client.rows(id).toSorted((a, b) => Number(a.id) - Number(b.id));
  for (const [i, client] of fixture.clients.slice(0, 250).entries()) {
    expect(sorted(client, "s")).toEqual(sorted(fresh, "s"));
    expect(sorted(client, "t")).toEqual(sorted(fresh, Math.floor(i / 10) % 2 === 0 ? "t" : "f"));
  }
});

async function started(seed?: string, options: FixtureOptions = {}) {
  const fixture = await startFixture(options);
  if (seed !== undefined) await fixture.run(seed);
  return {
    fixture,
    database: fixture.database,
    connect: fixture.connect.bind(fixture),
    run: fixture.run.bind(fixture),
  };
}

function counting(database: Database, reads: { count: number }, opened: Promise<void>): Database {
  return override(database, {
    read: async (work) => {
      reads.count++;
      await opened;
      return database.read(work);
    },
  });
}
