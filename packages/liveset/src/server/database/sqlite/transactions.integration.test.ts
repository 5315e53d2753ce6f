import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { count, eq, sql } from "drizzle-orm";
import { integer, type SQLiteTable, sqliteTable } from "drizzle-orm/sqlite-core";
import { expect, test, vi } from "vitest";
import { insert, rowsOf, shorts } from "../../../testing/database/rows.ts";
import { makeFile, openSqlite } from "./open-sqlite.fixture.ts";
import { sqlite } from "./sqlite.ts";
import { suiteSql, suiteTables } from "./suite-tables.fixture.ts";

const { people, pets } = suiteTables;
const tables = [people, pets];

test("Savepoints beside each other take turns, and a query beside one is not rolled back with it", async () => {
  const { database, heard } = await openSqlite(makeFile(suiteSql), tables);
  await database.write(async (db) => {
    const failing = db.transaction(async (tx) => {
      await insert(tx as typeof db, people, { id: 1, name: "a" });
      await new Promise((resolve) => setTimeout(resolve, 1));
      tx.rollback();
    });
    const working = db.transaction((tx) => insert(tx as typeof db, people, { id: 2, name: "b" }));
    const beside = insert(db, people, { id: 3, name: "c" });
    await Promise.allSettled([failing, working, beside]);
    return null;
  });
  expect(shorts(heard)).toEqual([["people + 2 b ", "people + 3 c "]]);
});

test("A transaction that is not awaited inside of another one cannot outlive it", async () => {
  const { database } = await openSqlite(makeFile(suiteSql), tables);
  let late: Promise<unknown> = Promise.resolve();
  await database.write(async (db) => {
    late = db.transaction(async (tx) => {
      await insert(tx as typeof db, people, { id: 1, name: "a" });
      await new Promise((resolve) => setTimeout(resolve, 1));
    });
    late.catch(() => {});
    await insert(database.db, people, { id: 2, name: "b" }).catch(() => {});
    return null;
  });
  await late;
  expect((await rowsOf(database.db, people)).map(({ id }) => id)).toEqual([1, 2]);
});

test("A commit that fails on a deferred foreign key rolls back and throws", async () => {
  const path = makeFile(
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, age INTEGER); CREATE TABLE pets (id INTEGER PRIMARY KEY, name TEXT, owner_id INTEGER REFERENCES people DEFERRABLE INITIALLY DEFERRED)",
  );
  const { database, heard } = await openSqlite(path, tables);
  const thrown: unknown = await database
    .write(async (db) => {
      await insert(db, pets, { id: 1, ownerId: 9 });
      return null;
    })
    .catch((error: unknown) => error);
  expect(database.toError(thrown)?.errors?.[0]?.code).toBe("foreign_key");
  await insert(database.db, people, { id: 1, name: "a" });
  expect(shorts(heard)).toEqual([["people + 1 a "]]);
});

test("A statement that rolls back the whole transaction fails the write", async () => {
  const { database, heard } = await openSqlite(makeFile(suiteSql), tables);
  const write = database.write(async (db) => {
    await insert(db, people, { id: 1, name: "a" });
    await db.run("INSERT OR ROLLBACK INTO people (id, name) VALUES (2, 'a')").catch(() => {});
    return null;
  });
  await expect(write).rejects.toThrow("rolled back");
  await insert(database.db, people, { id: 3, name: "c" });
  expect(shorts(heard)).toEqual([["people + 3 c "]]);
});

test("Statements that would break transactions are refused; pragmas run", async () => {
  const { database } = await openSqlite(makeFile(suiteSql), tables);
  for (const text of ["begin", " COMMIT", "/* x */ rollback", "-- y\nSAVEPOINT s", "release s"])
    await expect(database.db.run(text)).rejects.toMatchObject({
      cause: { message: expect.stringContaining("db.transaction") },
    });
  expect(await database.db.get("PRAGMA foreign_keys")).toEqual({ foreign_keys: 1 });
  await database.db.run("VACUUM");
  expect(await database.db.all(sql`with t as (select 1 as a) select a, ${"x"} as b from t`)).toEqual([
    { a: 1, b: "x" },
  ]);
});

test("Plain SQL gives objects, and every form of a query works", async () => {
  const { database } = await openSqlite(makeFile(suiteSql), tables, { schema: suiteTables as never });
  const { db } = database;
  const table = people as SQLiteTable;
  const { id } = people as never as { id: SQLiteTable["_"]["columns"][string] };
  await insert(db, people, { id: 1, name: "a" }, { id: 2, name: "b" });
  expect(await db.all("select id, name from people order by id")).toEqual([
    { id: 1, name: "a" },
    { id: 2, name: "b" },
  ]);
  expect(await db.get(sql`select name from people where id = ${2}`)).toEqual({ name: "b" });
  expect(await db.get("select name from people where id = 3")).toBeUndefined();
  expect(await db.values("select id from people")).toEqual([[1], [2]]);
  expect(await db.select({ n: count() }).from(table).get()).toEqual({ n: 2 });
  expect(
    await db
      .select()
      .from(table)
      .where(eq(id as never, 9))
      .get(),
  ).toBeUndefined();
  expect(await db.$count(table)).toBe(2);
  expect(await db.delete(table).returning()).toHaveLength(2);
});

test("More snapshots than there are connections wait for each other, and cannot block writers or themselves", async () => {
  const { database } = await openSqlite(makeFile(suiteSql), tables);
  let next = 0;
  const readAndWrite = () =>
    database.read(async (db) => {
      await rowsOf(db, people);
      await insert(database.db, people, { id: ++next, name: `p${next}` });
      const inner = await database.read((same) => rowsOf(same, people));
      return inner.value.length;
    });
  const writeAndRead = () =>
    database.write(async () => (await database.read((db) => rowsOf(db, people))).value.length);
  await Promise.all(Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? readAndWrite() : writeAndRead())));
  expect(await rowsOf(database.db, people)).toHaveLength(12);
});

test("A snapshot's db does not outlive its read", async () => {
  const { database } = await openSqlite(makeFile(suiteSql), tables);
  const { value } = await database.read(async (db) => ({ db }));
  await expect(rowsOf(value.db, people)).rejects.toMatchObject({
    cause: { message: expect.stringContaining("has ended") },
  });
});

test(":memory: leaves no file behind", async () => {
  const folders = () =>
    readdirSync(tmpdir()).filter(
      (name) => name.startsWith("liveset-") && existsSync(`${tmpdir()}/${name}/memory.db`),
    );
  const before = folders();
  const database = sqlite(":memory:");
  await database.db.run("create table t (a)");
  expect(folders().length).toBe(before.length + 1);
  await database.close();
  expect(folders()).toEqual(before);
});

test("A file in a folder that does not exist is an error with its name", async () => {
  const database = sqlite("/nowhere/at/all.db");
  const thrown: unknown = await Promise.resolve(database.db.run("select 1")).catch((error: unknown) => error);
  await vi.waitFor(() => expect(String((thrown as Error).cause)).toContain("/nowhere/at/all.db"));
  expect(database.toError(thrown)?.code).toBe("unavailable");
  await database.close();
});

test("A key that changes in a row that refers to itself, by a cascade, is the change that it was", async () => {
  const nodes = sqliteTable("nodes", { id: integer().primaryKey(), parent: integer() });
  const path = makeFile(
    "create table nodes (id integer primary key, parent integer references nodes (id) on update cascade)",
  );
  const { database, heard } = await openSqlite(path, [nodes]);
  await database.db.insert(nodes).values([
    { id: 1, parent: 1 },
    { id: 3, parent: 1 },
  ]);
  await database.db.update(nodes).set({ id: 2 }).where(eq(nodes.id, 1));
  const [, renamed] = heard;
  expect(new Set(renamed?.changes)).toEqual(
    new Set([
      { table: "nodes", before: { id: 1, parent: 1 }, after: null },
      { table: "nodes", before: null, after: { id: 2, parent: 2 } },
      { table: "nodes", before: { id: 3, parent: 1 }, after: { id: 3, parent: 2 } },
    ]),
  );
});
