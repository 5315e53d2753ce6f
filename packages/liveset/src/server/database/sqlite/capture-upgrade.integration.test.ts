import { copyFileSync } from "node:fs";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, test, vi } from "vitest";
import { shorts } from "../../../testing/database/rows.ts";
import type { Log } from "../../log.ts";
import { makeFile, openSqlite, outside } from "./open-sqlite.fixture.ts";

const notes = sqliteTable("notes", { id: integer().primaryKey(), text: text() });
const notesWithTag = sqliteTable("notes", { id: integer().primaryKey(), text: text(), tag: text() });
const sql =
  "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, tag TEXT); INSERT INTO notes VALUES (1, 'a', 'x')";

async function openedOnce(path: string, table = notes): Promise<{ epoch: string; cursor: string }> {
  const { database } = await openSqlite(path, [table]);
  await database.db.run("UPDATE notes SET text = text || '.'");
  const { epoch, cursor } = database.feed;
  await database.close();
  return { epoch, cursor };
}

test("Opening again writes nothing", async () => {
  const path = makeFile(sql);
  const { epoch } = await openedOnce(path);
  const other = outside(path);
  const state = () => other.prepare("PRAGMA schema_version").get()?.schema_version;
  const before = [state(), other.prepare("SELECT max(seq) AS seq FROM liveset_changes").get()?.seq];
  const { database } = await openSqlite(path, [notes]);
  expect(database.feed.epoch).toBe(epoch);
  expect([state(), other.prepare("SELECT max(seq) AS seq FROM liveset_changes").get()?.seq]).toEqual(before);
});

test.each([
  ["a trigger was dropped", "DROP TRIGGER liveset_notes_update"],
  [
    "a trigger was altered",
    "DROP TRIGGER liveset_notes_delete; CREATE TRIGGER liveset_notes_delete AFTER DELETE ON notes BEGIN SELECT 1; END",
  ],
  [
    "a younger trigger of the user's would fire first",
    "CREATE TRIGGER own AFTER INSERT ON notes BEGIN UPDATE notes SET text = 'own' WHERE id = NEW.id; END",
  ],
  [
    "the table was made anew by a migration",
    "CREATE TABLE new (id INTEGER PRIMARY KEY, text TEXT, tag TEXT); INSERT INTO new SELECT * FROM notes; DROP TABLE notes; ALTER TABLE new RENAME TO notes",
  ],
  ["another version made the log", "UPDATE liveset_meta SET value = '0' WHERE key = 'version'"],
])("The log begins anew, and capture is right again, where %s", async (_what, damage) => {
  const path = makeFile(sql);
  const { epoch, cursor } = await openedOnce(path);
  outside(path).exec(damage);
  const { database, heard } = await openSqlite(path, [notes]);
  expect(database.feed.epoch).not.toBe(epoch);
  expect(database.feed.parse(cursor)).toBeNull();
  await database.db.run("INSERT INTO notes (id, text) VALUES (2, 'b')");
  await database.db.run("DELETE FROM notes WHERE id = 1");
  const made = damage.includes("own") ? "own" : "b";
  expect(shorts(heard)).toEqual([[`notes + 2 ${made}`], ["notes - 1 a."]]);
});

test("A renamed table is captured once, and the log begins anew", async () => {
  const path = makeFile(sql);
  const { epoch } = await openedOnce(path);
  outside(path).exec("ALTER TABLE notes RENAME TO papers");
  const papers = sqliteTable("papers", { id: integer().primaryKey(), text: text() });
  const { database, heard } = await openSqlite(path, [papers]);
  expect(database.feed.epoch).not.toBe(epoch);
  await database.db.run("UPDATE papers SET text = 'b'");
  expect(shorts(heard)).toEqual([["papers 1 a. > 1 b"]]);
  const rows = await database.db.all("SELECT op FROM liveset_changes ORDER BY seq");
  expect(rows).toEqual([{ op: "e" }, { op: "u" }, { op: "m" }]);
});

test("P4: a column more makes the log begin anew; a table more does not", async () => {
  const path = makeFile(`${sql}; CREATE TABLE labels (id INTEGER PRIMARY KEY)`);
  const { epoch, cursor } = await openedOnce(path);
  const labels = sqliteTable("labels", { id: integer().primaryKey() });
  const wider = await openSqlite(path, [notes, labels]);
  expect([wider.database.feed.epoch, wider.database.feed.parse(cursor)]).toEqual([epoch, cursor]);
  await wider.database.close();
  const { database, heard } = await openSqlite(path, [notesWithTag]);
  expect(database.feed.epoch).not.toBe(epoch);
  await database.db.run("UPDATE notes SET tag = 'y'");
  expect(shorts(heard)).toEqual([["notes 1 a. x > 1 a. y"]]);
});

test("A server that runs on while another renews capture says so", async () => {
  const path = makeFile(sql);
  const errors: string[] = [];
  const nothing = (): void => {};
  const log: Log = {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error: (_fields, message = "") => errors.push(message),
  };
  await openSqlite(path, [notes], {}, log);
  await openSqlite(path, [notesWithTag]);
  await vi.waitFor(() => expect(errors).toEqual([expect.stringContaining("restart this server")]));
});

test("P4: a file restored from a backup that went another way refuses the old cursors", async () => {
  const path = makeFile(sql);
  const { cursor: shared } = await openedOnce(path);
  copyFileSync(path, `${path}.backup`);
  const { cursor } = await openedOnce(path);
  copyFileSync(`${path}.backup`, path);
  // Longer than a millisecond: the rows of the other way have other times.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const { database } = await openSqlite(path, [notes]);
  expect([database.feed.parse(cursor), database.feed.parse(shared)]).toEqual([null, shared]);
  await database.db.run("UPDATE notes SET text = 'other'");
  expect([database.feed.parse(cursor), database.feed.parse(shared)]).toEqual([null, shared]);
});

test("P4: the log is pruned by count, and says so to who comes too late", async () => {
  const path = makeFile(sql);
  const { database } = await openSqlite(path, [notes], { log: { count: 10 } });
  const { feed } = database;
  const old = feed.cursor;
  for (let i = 0; i < 30; i++) await database.db.run(`UPDATE notes SET text = '${i}'`);
  const other = outside(path);
  const rows = () => Number(other.prepare("SELECT count(*) AS rows FROM liveset_changes").get()?.rows);
  await vi.waitFor(() => expect(rows()).toBeLessThanOrEqual(10));
  expect(feed.parse(old)).toBe(old);
  expect(await feed.read(old, feed.cursor)).toBeNull();
  expect(await feed.read(feed.cursor, feed.cursor)).toEqual([]);
  const recent = feed.cursor;
  await database.db.run("UPDATE notes SET text = 'last'");
  expect(shorts((await feed.read(recent, feed.cursor)) ?? [])).toEqual([["notes 1 29 > 1 last"]]);
});

test("The log and the answers of mutations are pruned by age; the last row stays", async () => {
  const path = makeFile(sql);
  const { database } = await openSqlite(path, [notes], { log: { age: 1 } });
  await database.write(
    async (db) => {
      await db.run("UPDATE notes SET text = 'b'");
      return null;
    },
    {
      id: "m",
      owner: "",
      fingerprint: "",
    },
  );
  const { cursor } = database.feed;
  const other = outside(path);
  const count = (table: string) => Number(other.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows);
  await vi.waitFor(() => expect([count("liveset_changes"), count("liveset_mutations")]).toEqual([1, 0]));
  expect(await database.feed.read(cursor, cursor)).toEqual([]);
});
