import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import type { Ask } from "./ask.ts";
import { type Fixture, startFixture } from "./live.fixture.ts";
import { caughtUp } from "./related.fixture.ts";

const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull().default(false),
  rank: integer(),
  ownerId: integer().notNull(),
});

const api = defineApi({
  tasks: resource(tasks, {
    fields: ["id", "text", "done", "rank"],
    computed: { shout: (row) => row.text.toUpperCase() },
    scope: ({ user }) => ({ ownerId: Number(user?.id ?? 0) }),
    filters: ["done"],
    orderBy: ["rank", "text"],
  }),
});

async function started(): Promise<{ fixture: Fixture; client: ReferenceClient }> {
  const fixture = await startFixture({
    api,
    tables: [
      "create table tasks (id integer primary key, text text not null, done integer not null default 0, rank integer, ownerId integer not null)",
      "insert into tasks (id, text, rank, ownerId) values (1, 'milk', 2, 1), (2, 'bread', 1, 1), (3, 'other', 1, 2)",
    ],
  });
  return { fixture, client: await fixture.connect(1) };
}

const list = (query: Ask["query"]): Ask => ({ resource: "tasks", action: "list", ...(query && { query }) });
const framesOf = (client: ReferenceClient, type: string): number =>
  client.frames.filter((frame) => frame.type === type).length;

test("a live list has the fields that were asked for, from its first rows on", async () => {
  const { fixture, client } = await started();
  await client.open("a", list({ fields: ["text"] }));
  expect(client.rows("a")).toEqual([
    { id: 1, text: "milk" },
    { id: 2, text: "bread" },
  ]);
  await fixture.run("update tasks set text = 'rye' where id = 2");
  await fixture.run("insert into tasks (id, text, ownerId) values (4, 'new', 1)");
  await caughtUp(fixture, client);
  expect(client.rows("a").toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual([
    { id: 1, text: "milk" },
    { id: 2, text: "rye" },
    { id: 4, text: "new" },
  ]);
});

test("an update that touches no field of a list sends nothing", async () => {
  const { fixture, client } = await started();
  await client.open("text", list({ fields: ["text"] }));
  await client.open("shout", list({ fields: ["shout"] }));
  const other = await fixture.connect(1);
  await other.open("done", list({ fields: ["done"] }));
  await fixture.run("update tasks set done = 1, rank = 9 where id = 1");
  await caughtUp(fixture, client);
  await caughtUp(fixture, other);
  expect([framesOf(client, "changes"), framesOf(client, "commit")]).toEqual([0, 0]);
  expect(other.rows("done")).toContainEqual({ id: 1, done: true });
  await fixture.run("update tasks set text = 'MILK' where id = 1");
  await caughtUp(fixture, client);
  // Shouted, it is what it was.
  expect([framesOf(client, "changes"), client.rows("shout")[0]]).toEqual([1, { id: 1, shout: "MILK" }]);
});

test("the columns of the order are shown too, because it is the client that places rows", async () => {
  const { client } = await started();
  await client.open("a", list({ fields: ["text"], orderBy: { rank: "asc" } }));
  expect(client.rows("a")).toEqual([
    { id: 2, text: "bread", rank: 1 },
    { id: 1, text: "milk", rank: 2 },
  ]);
  expect(client.frames.at(-1)).toMatchObject({ order: [{ column: "rank" }, { column: "id" }] });
});

test("lists that show the same share a group, however the fields are named; others do not", async () => {
  const { client } = await started();
  const group = async (id: string, query: Ask["query"]) => (await client.open(id, list(query))).group;
  const [whole, part] = [await group("a", {}), await group("b", { fields: ["text", "done"] })];
  expect(await group("c", { fields: ["done", "id", "text", "done"] })).toBe(part);
  expect(await group("d", { fields: ["shout", "rank", "done", "text"] })).toBe(whole);
  expect(new Set([whole, part, await group("e", { fields: ["text"] })]).size).toBe(3);
});

test("a window and one row have the fields that were asked for", async () => {
  const { fixture, client } = await started();
  await client.open("w", list({ fields: ["text"], orderBy: { rank: "asc" }, limit: 1 }));
  await client.open("one", { resource: "tasks", action: "retrieve", key: 1, query: { fields: ["done"] } });
  expect([client.rows("w"), client.rows("one")]).toEqual([
    [{ id: 2, text: "bread", rank: 1 }],
    [{ id: 1, done: false }],
  ]);
  const before = framesOf(client, "changes");
  await fixture.run("update tasks set done = 1 where id = 2");
  await caughtUp(fixture, client);
  expect(framesOf(client, "changes")).toBe(before);
  await fixture.run("update tasks set rank = 0, done = 1 where id = 1");
  await caughtUp(fixture, client);
  expect([client.rows("w"), client.rows("one")]).toEqual([
    [{ id: 1, text: "milk", rank: 0 }],
    [{ id: 1, done: true }],
  ]);
});

test("after a lost connection what was missed has the fields that were asked for (P4)", async () => {
  const { fixture, client } = await started();
  await client.open("a", list({ fields: ["text"] }));
  await caughtUp(fixture, client);
  const left = client.leaveBehind();
  await fixture.run("update tasks set done = 1 where id = 1");
  await fixture.run("update tasks set text = 'rye' where id = 2");
  const again = await fixture.connect(1, left);
  await again.open("a", list({ fields: ["text"] }));
  await caughtUp(fixture, again);
  const frames = again.frames.filter(({ type }) => type === "subscribed" || type === "changes");
  expect(frames).toMatchObject([{ resumed: true }, { update: [{ id: 2, text: "rye" }] }]);
  expect(again.rows("a")).toContainEqual({ id: 2, text: "rye" });
});

test("a request has the fields that were asked for", async () => {
  const { client } = await started();
  const wish = { resource: "tasks", query: { fields: ["text"] } };
  expect((await client.request("a", { ...wish, action: "retrieve", key: 1 })).data).toEqual({
    id: 1,
    text: "milk",
  });
  expect((await client.request("b", { ...wish, action: "list" })).data).toMatchObject({
    results: [
      { id: 1, text: "milk" },
      { id: 2, text: "bread" },
    ],
  });
});

test.each([
  [list({ fields: ["ownerId"] }), ["fields", "ownerId"], "not_declared"],
  [{ ...list({ fields: ["id"] }), action: "count" as const }, ["fields"], "unexpected"],
  [{ resource: "tasks", action: "retrieve" as const, key: 1, query: { limit: 1 } }, ["limit"], "unexpected"],
])("%j is refused, naming the field", async (asked, path, code) => {
  const { client } = await started();
  await expect(client.open("a", asked)).rejects.toMatchObject({ code: "invalid", errors: [{ path, code }] });
});
