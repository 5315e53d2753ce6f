import { DatabaseSync } from "node:sqlite";
import { getTableColumns, type SQL, sql, type Table } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import * as pg from "drizzle-orm/pg-core";
import * as lite from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Json, WireRow } from "../../../core/json.ts";
import { compilePredicate } from "../../../core/query/evaluate.ts";
import { lookupsOfKind } from "../../../core/query/lookups-of-kind.ts";
import { parseWhere } from "../../../core/query/parse-where.ts";
import type { Predicate } from "../../../core/query/predicate.ts";
import { randomRow, randomWhere } from "../../../core/query/random-where.fixture.ts";
import { columnOperand } from "../../operation/column-operand.ts";
import { inspectTable } from "../../table/inspect-table.ts";
import type { TableInfo } from "../../table/table-info.ts";
import { printPredicate } from "../print-predicate.ts";
import { toSqlInput } from "../sqlite/sql-value.ts";
import { makeDatabase, type TestDatabase } from "./make-database.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const batches = 60 * soak;
const perBatch = 60;

const bytea = pg.customType<{ data: Buffer }>({ dataType: () => "bytea" });
const moods = ["", "1", "ab", "b"] as const;

/** Columns that both databases have. */
const shared = {
  id: pg.integer().primaryKey(),
  text: pg.text(),
  // Compared by the database's own rules in a language, by the predicate by code point.
  name: pg.varchar("NAME"),
  whole: pg.bigint({ mode: "number" }),
  float: pg.doublePrecision(),
  done: pg.boolean(),
  at: pg.timestamp({ withTimezone: true, precision: 3 }),
  big: pg.bigint({ mode: "bigint" }),
};
const things = pg.pgTable("Some things", {
  ...shared,
  local: pg.timestamp(),
  fine: pg.timestamp({ withTimezone: true }),
  day: pg.date(),
  uuid: pg.uuid(),
  mood: pg.pgEnum("mood", moods)(),
  amount: pg.numeric(),
  small: pg.real(),
  bytes: bytea(),
  meta: pg.jsonb(),
});
const create = `CREATE TYPE mood AS ENUM ('b', '1', '', 'ab');
  CREATE TABLE "Some things" (id integer PRIMARY KEY, text text, "NAME" varchar COLLATE "de-x-icu", whole bigint, float double precision, done boolean,
    at timestamptz(3), big bigint, local timestamp, fine timestamptz, day date, uuid uuid, mood mood, amount numeric, small real, bytes bytea, meta jsonb)`;

const liteThings = lite.sqliteTable("things", {
  id: lite.integer().primaryKey(),
  text: lite.text(),
  name: lite.text("NAME"),
  whole: lite.integer(),
  float: lite.real(),
  done: lite.integer({ mode: "boolean" }),
  at: lite.integer({ mode: "timestamp_ms" }),
  big: lite.blob({ mode: "bigint" }),
});
const liteCreate = `create table things (id integer primary key, text text, "NAME" text collate nocase, whole integer, float real,
  done integer, at integer, big blob)`;

const info = inspectTable(things);
const liteInfo = inspectTable(liteThings);
const sharedNames = new Set(Object.keys(shared));
const sqliteDatabase = new DatabaseSync(":memory:");
let made: TestDatabase;
let db: NodePgDatabase;

beforeAll(async () => {
  made = await makeDatabase(create);
  await made.client.query("SET TimeZone = 'Asia/Kolkata'");
  db = drizzle({ client: made.client });
  sqliteDatabase.exec(liteCreate);
});
afterAll(async () => {
  sqliteDatabase.close();
  await made.remove();
});

const uuids = ["00000000-0000-0000-0000-000000000001", "aaaaaaaa-0000-0000-0000-000000000000"];
const own: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  whole: fc.constantFrom<Json>(null, -1, 0, 1, 2, 3),
  at: fc.constantFrom<Json>(null, "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"),
  local: fc.constantFrom<Json>(null, "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"),
  fine: fc.constantFrom<Json>(null, "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"),
  day: fc.constantFrom<Json>(null, "2026-01-01", "0001-01-01"),
  uuid: fc.constantFrom<Json>(null, ...uuids),
  mood: fc.constantFrom<Json>(null, ...moods),
  amount: fc.constantFrom<Json>(null, "1", "1.0", "10", "-0.5"),
  small: fc.constantFrom<Json>(null, 0, 0.5, 0.1, -1.5),
  meta: fc.constantFrom<Json>(null, {}, [], 0, { a: null }),
};

const rows = fc
  .array(
    fc
      .tuple(randomRow(info.columns, { strangers: false }), fc.record(own))
      .map(([row, mine]): WireRow => ({ ...row, ...mine })),
    { minLength: 4, maxLength: 12 },
  )
  .map((list) => list.map((row, i): WireRow => ({ ...row, id: i + 1 })));

function parse(where: Record<string, unknown>, table: TableInfo): Predicate {
  return parseWhere(where, {
    columns: table.columns,
    allowed: (name) => lookupsOfKind(table.columns.get(name)?.kind ?? "opaque"),
    operand: columnOperand(table),
    limits: null,
  });
}

/** Whether a `where` is about columns of both databases alone. */
function isShared(where: unknown): boolean {
  if (Array.isArray(where)) return where.every(isShared);
  return Object.entries(where as Record<string, unknown>).every(([name, value]) =>
    ["AND", "OR", "NOT"].includes(name) ? isShared(value) : sharedNames.has(name),
  );
}

/** For each condition, the ids of the rows that it selects. */
function idsOf(found: readonly (readonly unknown[])[], count: number): Json[][] {
  return Array.from({ length: count }, (_, i) =>
    found.filter((row) => row[i + 1] === true || row[i + 1] === 1).map(([id]) => Number(id)),
  );
}

const column = (condition: SQL): SQL => sql`(${condition})`;
const question = (table: Table, conditions: readonly SQL[]): SQL =>
  sql`select id, ${sql.join(conditions.map(column), sql`, `)} from ${table} order by id`;

async function askPostgres(predicates: readonly Predicate[]): Promise<Json[][]> {
  const conditions = predicates.map((predicate) => printPredicate(predicate, info, "postgres"));
  const { sql: text, params } = new pg.PgDialect().sqlToQuery(question(things, conditions));
  const { rows: found } = await made.client.query({ text, values: params, rowMode: "array" });
  return idsOf(found, predicates.length);
}

function askSqlite(predicates: readonly Predicate[]): Json[][] {
  const conditions = predicates.map((predicate) => printPredicate(predicate, liteInfo, "sqlite"));
  const { sql: text, params } = new lite.SQLiteSyncDialect().sqlToQuery(question(liteThings, conditions));
  const prepared = sqliteDatabase.prepare(text);
  prepared.setReturnArrays(true);
  return idsOf(prepared.all(...params.map(toSqlInput)) as unknown as unknown[][], predicates.length);
}

async function store(list: readonly WireRow[]): Promise<void> {
  await made.client.query(`DELETE FROM "Some things"`);
  await db.insert(things).values(list.map((row) => info.fromWire(row)) as (typeof things.$inferInsert)[]);
  sqliteDatabase.exec("delete from things");
  for (const row of list) {
    const model = liteInfo.fromWire(row);
    const values = Object.entries(getTableColumns(liteThings)).map(
      ([name, one]) => sql`${sql.param(model[name], one)}`,
    );
    const query = sql`insert into ${liteThings} values (${sql.join(values, sql`, `)})`;
    const { sql: text, params } = new lite.SQLiteSyncDialect().sqlToQuery(query);
    sqliteDatabase.prepare(text).run(...params.map(toSqlInput));
  }
}

test("P1: 3,600 random conditions on random rows select in memory what they select in PostgreSQL and in SQLite", {
  timeout: 60_000 * soak,
}, async () => {
  const batch = fc.array(randomWhere(info.columns), { minLength: perBatch, maxLength: perBatch });
  let [cases, telling, inBoth] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(rows, batch, async (list, wheres) => {
      await store(list);
      const held = (await db.select().from(things).orderBy(things.id)).map((row) => info.toWire(row));
      const predicates = wheres.map((where) => parse(where, info));
      const all = predicates.flatMap((of): Predicate[] => [of, { op: "not", of }]);
      const found = await askPostgres(all);
      all.forEach((predicate, i) => {
        const expected = held.filter(compilePredicate(predicate, info.columns)).map(({ id }) => id);
        expect({ where: wheres[i >> 1], found: found[i] }).toEqual({
          where: wheres[i >> 1],
          found: expected,
        });
        telling += expected.length > 0 && expected.length < held.length ? 1 : 0;
      });
      const both = wheres.flatMap((where, i) => (isShared(where) ? [i] : []));
      const foundToo = askSqlite(both.map((i) => parse(wheres[i] ?? {}, liteInfo)));
      both.forEach((at, i) => {
        expect({ where: wheres[at], found: foundToo[i] }).toEqual({
          where: wheres[at],
          found: found[2 * at],
        });
      });
      cases += wheres.length;
      inBoth += both.length;
    }),
    { numRuns: batches },
  );
  expect(cases).toBeGreaterThanOrEqual(perBatch * batches);
  // Otherwise nothing would have been shown.
  expect(telling).toBeGreaterThan(cases / 5);
  expect(inBoth).toBeGreaterThan(cases / 5);
});
