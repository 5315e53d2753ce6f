import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { gate, override, startFixture, tasks, tasksApi } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;
const soak = Number(process.env.LIVESET_SOAK ?? 1);

test("P7: a scope that throws for one user harms that user only, and is told and logged", async () => {
  const api = defineApi({
    tasks: resource(tasks, {
      scope: ({ user }) => {
        if (Number(user?.id) === 666) throw new Error("secret trouble");
        return true;
      },
    }),
  });
  const fixture = await startFixture({ api });
  const [good, bad] = [await fixture.connect(1), await fixture.connect(666)];
  await good.open("s", list);
  await expect(bad.open("s", list)).rejects.toMatchObject({ code: "internal" });
  await fixture.run("insert into tasks (id) values (1)");
  await good.ping();
  expect(good.rows("s")).toHaveLength(1);
  expect(JSON.stringify(bad.frames)).not.toContain("trouble");
  expect(fixture.logged).toMatchObject([{ err: { message: "secret trouble" } }]);
  await bad.ping();
});

const items = sqliteTable("items", { id: integer().primaryKey(), text: text().notNull() });
const itemsApi = defineApi({
  items: resource(items, { filters: ["id", "text"] }),
  fragile: resource(items, {
    filters: ["id", "text"],
    computed: {
      shout: (row) => {
        if (row.text === "boom") throw new Error("no shouting");
        return row.text.toUpperCase();
      },
    },
  }),
});
const createItems = "create table items (id integer primary key, text text not null)";

test("P7: a computed field that throws for one row ends the lists that show the row, and no other", async () => {
  const fixture = await startFixture({ api: itemsApi, tables: [createItems] });
  await fixture.run("insert into items values (1, 'a'), (2, 'b')");
  const client = await fixture.connect();
  await client.open("plain", { resource: "items", action: "list" });
  await client.open("all", { resource: "fragile", action: "list" });
  await client.open("two", { resource: "fragile", action: "list", query: { where: { id: 2 } } });
  expect(client.rows("two")).toEqual([{ id: 2, text: "b", shout: "B" }]);
  await fixture.run("update items set text = 'boom' where id = 1");
  await fixture.run("update items set text = 'fine' where id = 2");
  await client.ping();
  expect(client.errors.get("all")?.code).toBe("internal");
  expect([...client.lists.keys()]).toEqual(["plain", "two"]);
  expect(client.rows("plain").map((row) => row.text)).toEqual(["boom", "fine"]);
  expect(client.rows("two")).toEqual([{ id: 2, text: "fine", shout: "FINE" }]);
  expect(fixture.server.stats()).toMatchObject({ subscriptions: 2, groups: 2 });
  expect(JSON.stringify(client.frames)).not.toContain("no shouting");
  await expect(client.open("all", { resource: "fragile", action: "list" })).rejects.toMatchObject({
    code: "internal",
  });
  await fixture.run("delete from items where id = 1");
  await expect(client.open("all", { resource: "fragile", action: "list" })).resolves.toBeDefined();
});

test("an update that leaves the computed form as it was is not told", async () => {
  const api = defineApi({
    items: resource(items, { fields: ["id"], computed: { long: (row) => row.text.length > 3 } }),
  });
  const fixture = await startFixture({ api, tables: [createItems] });
  await fixture.run("insert into items values (1, 'abcd')");
  const client = await fixture.connect();
  await client.open("s", { resource: "items", action: "list" });
  await fixture.run("update items set text = 'abcde'");
  await client.ping();
  expect(client.frames.slice(2).map(({ type }) => type)).toEqual(["pong"]);
  await fixture.run("update items set text = 'abc'");
  await client.ping();
  expect(client.rows("s")).toEqual([{ id: 1, long: false }]);
});

test("P7: a database that cannot be read is told to those who asked, and asked again by the next", async () => {
  let broken = true;
  const fixture = await startFixture({
    wrap: (database) =>
      override(database, {
        read: async (work) => {
          if (broken) throw new Error("disk on fire");
          return database.read(work);
        },
      }),
  });
  const client = await fixture.connect(1);
  await expect(client.open("s", list)).rejects.toMatchObject({ code: "internal" });
  broken = false;
  await client.open("s", list);
});

test("a subscription that ends while it is being opened leaves nothing behind", async () => {
  const reading = gate();
  const fixture = await startFixture({
    wrap: (database) =>
      override(database, {
        read: async (work) => {
          await reading.opened;
          return database.read(work);
        },
      }),
  });
  const { client, pair } = await fixture.connectPair(1);
  client.subscribe("a", list);
  client.subscribe("b", list);
  await expect.poll(() => fixture.server.stats().groups).toBe(1);
  client.unsubscribe("a");
  await client.ping();
  expect(fixture.server.stats()).toEqual({ connections: 1, subscriptions: 1, opening: 1, groups: 1 });
  pair.cut();
  await expect
    .poll(() => fixture.server.stats())
    .toEqual({ connections: 0, subscriptions: 0, opening: 0, groups: 0 });
  const late = await fixture.connect(1);
  const opened = late.open("s", list);
  reading.open();
  await opened;
  await fixture.run("insert into tasks (id, ownerId) values (1, 1)");
  await late.ping();
  expect(late.rows("s")).toHaveLength(1);
});

const junk = fc.oneof(
  fc.string(),
  fc.jsonValue(),
  fc.constantFrom(null, "__proto__", "list", "retrieve", "tasks", "s", 1, -1, 1e308, [], {}, [[[]]]),
);
const field = fc.constantFrom(
  ...[
    "type",
    "id",
    "resource",
    "action",
    "key",
    "params",
    "query",
    "since",
    "data",
    "mutation",
    "ifMatch",
    "token",
  ],
);
const query = fc.dictionary(
  fc.constantFrom("where", "search", "orderBy", "limit", "offset", "after", "__proto__"),
  fc.oneof(junk, fc.dictionary(fc.constantFrom("id", "text", "done", "AND", "OR", "NOT", "secret"), junk)),
);
const frame = fc
  .tuple(
    fc.constantFrom("subscribe", "unsubscribe", "request", "auth", "ping", "welcome", "nonsense"),
    fc.dictionary(field, junk),
    fc.record(
      {
        id: fc.constantFrom("a", "b", "c"),
        resource: fc.constantFrom("tasks", "constructor"),
        action: fc.constantFrom("list", "retrieve", "create", "update", "patch", "delete", "toString"),
        key: junk,
        query,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([type, noise, sense]) => ({ type, ...noise, ...sense }));

test("pitfall 11: no frame, whatever it holds, harms its sender's connection or anybody else", {
  timeout: 60_000 * soak,
}, async () => {
  const fixture = await startFixture({ api: tasksApi, limits: { burst: 1e9 } });
  const witness = await fixture.connect(1);
  await witness.open("s", { ...list, query: { where: { text: "witness" } } });
  let id = 1_000_000;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: frame }, { weight: 1, arbitrary: junk })),
      async (frames) => {
        const { client, pair } = await fixture.connectPair(1);
        for (const each of frames) client.send(typeof each === "string" ? each : JSON.stringify(each));
        await client.ping();
        expect(client.closes).toEqual([]);
        expect(client.faults).toEqual([]);
        pair.cut();
        await fixture.run(`insert into tasks (id, text, ownerId) values (${++id}, 'witness', 1)`);
        await witness.until(
          () => witness.rows("s").some((row) => row.id === id) || witness.closes.length > 0,
        );
      },
    ),
    { numRuns: 300 * soak },
  );
  expect(witness.closes).toEqual([]);
  expect(fixture.logged).toEqual([]);
  await expect
    .poll(() => fixture.server.stats())
    .toEqual({ connections: 1, subscriptions: 1, opening: 0, groups: 1 });
});

test("frames that cannot be read are named, with their id where they have one", async () => {
  const fixture = await startFixture();
  const client = await fixture.connect(1);
  for (const text of ["", "{", "null", "[]", "1", '"x"']) client.send(text);
  client.send({ type: "nonsense", id: "n" });
  client.send({ id: "untyped" });
  client.send({ type: "subscribe", id: "s", resource: "tasks", action: "list", query: { limit: "1" } });
  await client.ping();
  const errors = client.frames.filter((frame) => frame.type === "error");
  expect(errors.slice(0, 6).every(({ code, id }) => code === "malformed" && id === undefined)).toBe(true);
  expect(errors.slice(6)).toMatchObject([
    { id: "n", code: "unknown_frame" },
    { id: "untyped", code: "unknown_frame" },
    { id: "s", code: "invalid", errors: [{ path: ["query", "limit"] }] },
  ]);
});
