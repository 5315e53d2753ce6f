import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { LivesetError } from "../../core/error/liveset-error.ts";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import type { Database } from "../database/database.ts";
import { defineApi } from "../define-api.ts";
import { opaque } from "../opaque.ts";
import { resource } from "../resource.ts";
import { type Fixture, type FixtureOptions, gate, override, startFixture } from "./live.fixture.ts";
import { caughtUp, relatedApi, relatedTables } from "./related.fixture.ts";

const seed = [
  "insert into lists values (1, 'one', 1), (2, 'two', 2)",
  "insert into tasks values (1, 'a', 1, null), (2, 'b', 1, null), (3, 'c', 2, null)",
];

async function started(options: FixtureOptions = {}): Promise<Fixture> {
  const fixture = await startFixture({ api: relatedApi, tables: relatedTables, ...options });
  for (const statement of seed) await fixture.run(statement);
  return fixture;
}

/** A database whose reads stop after their work where they are told to. */
function paused(): { readonly wrap: (database: Database) => Database; reads: number; hold: Promise<void> } {
  const state = {
    reads: 0,
    hold: Promise.resolve(),
    wrap: (database: Database): Database =>
      override(database, {
        read: async (work) => {
          state.reads++;
          const result = await database.read(work);
          await state.hold;
          return result;
        },
      }),
  };
  return state;
}

const follow = (client: ReferenceClient, name: string) =>
  client.open(name, { resource: name, action: "list" });

const kinds = (client: ReferenceClient) => client.frames.map(({ type }) => type);

test("P1, P3: what is committed while the database is asked waits, and is asked about at once", async () => {
  const reads = paused();
  const fixture = await started({ wrap: reads.wrap });
  const client = await fixture.connect(1);
  const owned = await follow(client, "owned");
  const everything = await follow(client, "everything");
  const held = gate();
  reads.hold = held.opened;
  reads.reads = 0;
  const before = client.frames.length;
  await fixture.run("insert into tasks values (4, 'd', 1, null)");
  await fixture.run("insert into tasks values (5, 'e', 1, null)");
  await fixture.run("update tasks set text = 'f' where id = 5");
  await fixture.run("update lists set name = 'nobody reads it'");
  await client.ping();
  expect(kinds(client).slice(before)).toEqual(["pong"]);
  expect(client.cursor).not.toBe(fixture.database.feed.cursor);
  held.open();
  await caughtUp(fixture, client);
  expect(reads.reads).toBe(2);
  const told = client.frames.slice(before).filter(({ type }) => type === "changes" || type === "commit");
  const at = expect.any(String);
  const [four, five] = [
    { id: 4, text: "d" },
    { id: 5, text: "e" },
  ];
  const of = (list: typeof owned, changes: object) => ({
    type: "changes",
    group: list.group,
    cursor: at,
    ...changes,
  });
  expect(told).toEqual([
    of(everything, { enter: [four] }),
    of(owned, { enter: [four] }),
    { type: "commit", cursor: at },
    of(everything, { enter: [five] }),
    // The state of the later transaction: at this cursor or later, never an older one.
    of(owned, { enter: [{ id: 5, text: "f" }] }),
    { type: "commit", cursor: at },
    of(everything, { update: [{ id: 5, text: "f" }] }),
    { type: "commit", cursor: at },
  ]);
});

test("P1: of two transactions asked about at once a list is told with the first that may have concerned any list alike", async () => {
  const reads = paused();
  const fixture = await started({ wrap: reads.wrap });
  const [client, other] = [await fixture.connect(1), await fixture.connect(2)];
  const owned = await follow(client, "owned");
  await follow(client, "everything");
  await follow(other, "owned");
  const held = gate();
  reads.hold = held.opened;
  await fixture.run("update tasks set text = 'x' where id = 1");
  // Whose list the new row is in cannot be told any more when both are asked about.
  await fixture.run("insert into tasks values (9, 'new', 1, null)");
  const { cursor } = fixture.database.feed;
  await fixture.run("update lists set owner_id = 2 where id = 1");
  held.open();
  await caughtUp(fixture, client);
  const place = client.frames.findIndex((frame) => frame.type === "commit" && frame.cursor === cursor);
  const told = client.frames.slice(0, place).filter(({ type }) => type === "changes");
  expect(told).toContainEqual({ type: "changes", group: owned.group, cursor, leave: ["1", "2"] });
});

test("P6: a write is answered after the frames of its transaction, however long the database is asked", async () => {
  const reads = paused();
  const fixture = await started({ wrap: reads.wrap });
  const client = await fixture.connect(1);
  await follow(client, "owned");
  const held = gate();
  reads.hold = held.opened;
  const before = client.frames.length;
  const answer = client.request("w", {
    resource: "owned",
    action: "patch",
    key: 1,
    data: { text: "written" },
    mutation: "m1",
  });
  await expect
    .poll(() => fixture.database.db.get(sql`select text from tasks where id = 1`))
    .toEqual({ text: "written" });
  await client.ping();
  expect(kinds(client).slice(before)).toEqual(["pong"]);
  held.open();
  await answer;
  expect(client.frames.slice(before + 1)).toMatchObject([
    { type: "changes", update: [{ id: 1, text: "written" }] },
    { type: "commit", mutations: ["m1"] },
    { type: "response", status: 200 },
  ]);
});

test("P2: who subscribes to a list that others follow already is shown nothing older than the subscribing", async () => {
  const reads = paused();
  const fixture = await started({ wrap: reads.wrap });
  const [first, second] = [await fixture.connect(1), await fixture.connect(1)];
  await follow(first, "owned");
  const held = gate();
  reads.hold = held.opened;
  await fixture.run("update lists set owner_id = 2 where id = 1");
  second.subscribe("owned", { resource: "owned", action: "list" });
  await second.ping();
  expect(second.lists.size).toBe(0);
  held.open();
  await second.until(() => second.lists.size === 1);
  expect(second.rows("owned")).toEqual([]);
  expect(JSON.stringify(second.frames)).not.toContain('"text"');
});

test("P4: a list across relations is resumed where nothing can have happened to it, else sent anew", async () => {
  const fixture = await started();
  const client = await fixture.connect(1);
  await follow(client, "owned");
  await caughtUp(fixture, client);
  const left = client.leaveBehind();
  await fixture.run("update lists set name = 'other'");
  await fixture.run("insert into members values (1, 2, 'reader', null)");
  const same = await fixture.connect(1, left);
  await follow(same, "owned");
  expect(same.frames.find(({ type }) => type === "subscribed")).toMatchObject({ resumed: true });
  expect(same.rows("owned")).toHaveLength(2);
  await fixture.run("delete from tasks where id = 1");
  const other = await fixture.connect(1, left);
  await follow(other, "owned");
  expect(other.frames.find(({ type }) => type === "subscribed")).toMatchObject({ resumed: false });
  expect(other.rows("owned")).toEqual([{ id: 2, text: "b" }]);
});

const notes = sqliteTable("notes", {
  id: integer().primaryKey(),
  text: text().notNull(),
  kind: text().notNull(),
});
const json = (kind: string) => sql`${notes.kind} = ${kind} and json_extract(${notes.text}, '$.shown') = 1`;

test("P7: a query that fails ends its own list, others go on", async () => {
  const scope = ({ user }: { readonly user: unknown }) => ({
    sql: opaque(json(`kind ${(user as { id: number }).id}`), { tables: [notes] }),
  });
  const fixture = await startFixture({
    api: defineApi({ notes: resource(notes, { scope }) }),
    tables: ["create table notes (id integer primary key, text text not null, kind text not null)"],
  });
  const [one, two] = [await fixture.connect(1), await fixture.connect(2)];
  await follow(one, "notes");
  await follow(two, "notes");
  await fixture.run(`insert into notes values (1, 'no JSON', 'kind 1'), (2, '{"shown":1}', 'kind 2')`);
  await two.until(() => two.rows("notes").length === 1);
  await one.until(() => one.errors.has("notes"));
  expect(one.errors.get("notes")?.code).toBe("internal");
  expect(fixture.logged).toHaveLength(1);
  await fixture.run("delete from notes where id = 2");
  await two.until(() => two.rows("notes").length === 0);
});

test("P1: a list that reads a table whose changes nobody tells is refused, not stale", async () => {
  const other = sqliteTable("other", { id: integer().primaryKey() });
  const scope = () => ({ sql: opaque(sql`exists (select 1 from ${other})`, { tables: [notes, other] }) });
  const fixture = await startFixture({
    api: defineApi({ notes: resource(notes, { scope }) }),
    tables: [
      "create table notes (id integer primary key, text text not null, kind text not null)",
      "create table other (id integer primary key)",
    ],
  });
  const client = await fixture.connect(1);
  await expect(follow(client, "notes")).rejects.toMatchObject({ code: "internal" });
  expect(fixture.logged).toMatchObject([{ err: { message: expect.stringContaining('"other"') } }]);
});

test("P7: while the database cannot be asked lists are told nothing, and then everything", async () => {
  let gone = 0;
  const fixture = await started({
    wrap: (database) =>
      override<Database>(database, {
        read: (work) => (gone-- > 0 ? Promise.reject(new LivesetError("unavailable")) : database.read(work)),
      }),
  });
  const client = await fixture.connect(1);
  await follow(client, "owned");
  gone = 2;
  await fixture.run("update tasks set list_id = 1");
  await client.ping();
  expect(client.rows("owned")).toHaveLength(2);
  for (const pause of [50, 100]) {
    await expect.poll(() => gone).toBe(pause === 50 ? 1 : 0);
    fixture.clock.advance(pause);
  }
  await client.until(() => client.rows("owned").length === 3);
});

test("P8: when too much waits the lists concerned are reset, and others are told", async () => {
  const reads = paused();
  const fixture = await started({ wrap: reads.wrap, limits: { waitingChanges: 3 } });
  const client = await fixture.connect(1);
  await follow(client, "owned");
  await follow(client, "everything");
  const held = gate();
  reads.hold = held.opened;
  for (const id of [4, 5, 6, 7]) await fixture.run(`insert into tasks values (${id}, 'more', 1, null)`);
  await client.until(() => client.rows("everything").length === 7);
  expect(client.frames.find(({ type }) => type === "reset")).toMatchObject({ reason: "backlog" });
  expect(client.lists.has("owned")).toBe(false);
  held.open();
  await client.until(() => client.lists.has("owned"));
  await caughtUp(fixture, client);
  expect(client.rows("owned")).toHaveLength(6);
});

test("P1: a thousand related rows in one statement are one change of each list", async () => {
  const fixture = await started();
  const [one, two] = [await fixture.connect(1), await fixture.connect(2)];
  const numbers = "with recursive n(i) as (select 10 union all select i + 1 from n where i < 1009)";
  await fixture.run(`${numbers} insert into lists select i, 'many', 1 from n`);
  await fixture.run(`${numbers} insert into tasks select i, 'many', i, null from n`);
  await follow(one, "owned");
  await follow(two, "owned");
  expect(one.rows("owned")).toHaveLength(1_002);
  await fixture.run("update lists set owner_id = 2 where id >= 10");
  await caughtUp(fixture, one);
  await caughtUp(fixture, two);
  const [left, entered] = [one, two].map((client) => client.frames.filter(({ type }) => type === "changes"));
  expect(left).toHaveLength(1);
  expect(entered).toHaveLength(1);
  expect([one.rows("owned").length, two.rows("owned").length]).toEqual([2, 1_001]);
});
