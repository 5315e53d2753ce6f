import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { defineApi } from "../define-api.ts";
import { resource } from "../resource.ts";
import { startFixture } from "./live.fixture.ts";

const list = { resource: "tasks", action: "list" } as const;

test("P5: pitfall 5: no frame carries what its receiver may not see at that moment", async () => {
  const fixture = await startFixture();
  await fixture.run(
    "insert into tasks (id, text, ownerId, secret) values (1, 'for-1', 1, 'hush'), (2, 'for-2', 2, 'hush')",
  );
  const one = await fixture.connect(1);
  const two = await fixture.connect(2);
  await one.open("s", list);
  await two.open("s", list);
  await fixture.run("update tasks set text = 'now-for-2', ownerId = 2, secret = 'hush' where id = 1");
  await fixture.run("update tasks set text = 'again-for-2' where id = 1");
  await fixture.run("delete from tasks where id = 1");
  await fixture.run("insert into tasks (id, text, ownerId) values (3, 'new-for-2', 2)");
  await fixture.run("insert or replace into tasks (id, text, ownerId) values (3, 'now-for-1', 1)");
  await Promise.all([one.ping(), two.ping()]);
  const [seenByOne, seenByTwo] = [one, two].map(({ frames }) => JSON.stringify(frames)) as [string, string];
  expect(seenByOne).not.toMatch(/for-2|hush/);
  expect(seenByTwo).not.toMatch(/for-1|hush/);
  const changes = one.frames.filter((frame) => frame.type === "changes");
  expect(changes).toMatchObject([{ leave: ["1"] }, { enter: [{ id: 3, text: "now-for-1" }] }]);
  expect(changes[0]).not.toHaveProperty("update");
  expect(one.frames.filter(({ type }) => type === "commit")).toHaveLength(2);
  expect(two.frames.filter((frame) => frame.type === "changes")).toMatchObject([
    { enter: [{ id: 1, text: "now-for-2" }] },
    { update: [{ id: 1, text: "again-for-2" }] },
    { leave: ["1"] },
    { enter: [{ id: 3, text: "new-for-2" }] },
    { leave: ["3"] },
  ]);
});

test("P5: pitfall 4: a delete is judged by the old row", async () => {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, ownerId) values (1, 1), (2, 2)");
  const one = await fixture.connect(1);
  await one.open("s", list);
  await fixture.run("delete from tasks");
  await one.ping();
  expect(one.frames.slice(2)).toMatchObject([
    { type: "changes", leave: ["1"] },
    { type: "commit" },
    { type: "pong" },
  ]);
});

test("P5: pitfall 1: look-alike filters never share a group", async () => {
  const fixture = await startFixture();
  const texts = ["1", "'1'", '"1"', "", "null", "true", 'a","b'];
  const client = await fixture.connect(1);
  for (const [i, value] of texts.entries())
    await client.open(`s${i}`, { ...list, query: { where: { text: value } } });
  await client.open("or", { ...list, query: { where: { OR: [{ text: "1" }, { text: "2" }] } } });
  await client.open("and", { ...list, query: { where: { AND: [{ text: "1" }, { text: "2" }] } } });
  const other = await fixture.connect(2);
  await other.open("s", { ...list, query: { where: { text: "1" } } });
  expect(fixture.server.stats().groups).toBe(texts.length + 3);
});

const notes = sqliteTable("notes", {
  id: integer().primaryKey(),
  text: text().notNull(),
  public: integer({ mode: "boolean" }).notNull(),
});
const createNotes =
  "create table notes (id integer primary key, text text not null, public integer not null)";

test("P5: pitfall 7: a row's own permission holds for every state of a followed row, for its caller alone", async () => {
  const granted = new Set([1]);
  const api = defineApi({
    notes: resource(notes, {
      permissions: {
        retrieve: ({ user }, row) => row.public || (user !== null && granted.has(Number(user.id))),
      },
    }),
  });
  const fixture = await startFixture({ api, tables: [createNotes] });
  await fixture.run("insert into notes values (1, 'draft', 0)");
  const retrieve = { resource: "notes", action: "retrieve", key: 1 } as const;
  const [one, two, nobody] = await Promise.all([fixture.connect(1), fixture.connect(2), fixture.connect()]);
  await one.open("s", retrieve);
  await expect(two.open("s", retrieve)).rejects.toMatchObject({ code: "forbidden" });
  await expect(nobody.open("s", retrieve)).rejects.toMatchObject({ code: "unauthenticated" });
  await fixture.run("update notes set public = 1, text = 'published'");
  await two.open("t", retrieve);
  await fixture.run("update notes set public = 0, text = 'withdrawn'");
  await fixture.run("update notes set text = 'more'");
  granted.clear();
  await fixture.run("update notes set text = 'one lost it'");
  await fixture.run("update notes set text = 'not for one'");
  await Promise.all([one.ping(), two.ping()]);
  expect(two.frames.filter((frame) => frame.type === "changes")).toMatchObject([{ leave: ["1"] }]);
  expect(one.frames.filter((frame) => frame.type === "changes")).toMatchObject([
    { update: [{ text: "published" }] },
    { update: [{ text: "withdrawn" }] },
    { update: [{ text: "more" }] },
    { leave: ["1"] },
  ]);
  expect(JSON.stringify(two.frames)).not.toMatch(/draft|withdrawn|more|lost/);
});

test("P5: an absent row with a permission of its own is followed, and shown only in states that may be seen", async () => {
  const api = defineApi({ notes: resource(notes, { permissions: { retrieve: (_, row) => row.public } }) });
  const fixture = await startFixture({ api, tables: [createNotes] });
  const client = await fixture.connect(1);
  await client.open("s", { resource: "notes", action: "retrieve", key: 1 });
  await fixture.run("insert into notes values (1, 'draft', 0)");
  await fixture.run("update notes set public = 1, text = 'published'");
  await fixture.run("delete from notes");
  await fixture.run("insert into notes values (1, 'again', 1)");
  await client.ping();
  expect(client.frames.filter((frame) => frame.type === "changes")).toMatchObject([
    { enter: [{ text: "published" }] },
    { leave: ["1"] },
    { enter: [{ text: "again" }] },
  ]);
});

test("P7: a permission that cannot answer at once is an error of its subscription alone", async () => {
  const api = defineApi({
    notes: resource(notes, { permissions: { retrieve: async () => true } }),
  });
  const fixture = await startFixture({ api, tables: [createNotes] });
  await fixture.run("insert into notes values (1, 'a', 1)");
  const client = await fixture.connect(1);
  await expect(client.open("s", { resource: "notes", action: "retrieve", key: 1 })).rejects.toMatchObject({
    code: "internal",
  });
  expect(fixture.logged).toHaveLength(1);
});
