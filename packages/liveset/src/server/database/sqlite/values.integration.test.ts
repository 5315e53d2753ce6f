import {
  blob,
  customType,
  integer,
  numeric,
  real,
  type SQLiteTable,
  sqliteTable,
  text,
} from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Log } from "../../log.ts";
import { inspectTable } from "../../table/inspect-table.ts";
import { makeFile, openSqlite } from "./open-sqlite.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const point = customType<{ data: { x: number; y: number }; driverData: string }>({
  dataType: () => "text",
  toDriver: ({ x, y }) => `${x},${y}`,
  fromDriver: (value) => ({ x: Number(value.split(",")[0]), y: Number(value.split(",")[1]) }),
});

const all = sqliteTable("all", {
  id: integer().primaryKey(),
  text: text(),
  enum: text({ enum: ["a", "b"] }),
  textJson: text("text_json", { mode: "json" }),
  integer: integer(),
  boolean: integer({ mode: "boolean" }),
  seconds: integer({ mode: "timestamp" }),
  ms: integer({ mode: "timestamp_ms" }),
  real: real(),
  blob: blob({ mode: "buffer" }),
  bigint: blob({ mode: "bigint" }),
  blobJson: blob("blob_json", { mode: "json" }),
  numeric: numeric(),
  numericNumber: numeric("numeric_number", { mode: "number" }),
  numericBigint: numeric("numeric_bigint", { mode: "bigint" }),
  point: point(),
});
const ddl = `CREATE TABLE "all" (id INTEGER PRIMARY KEY, text TEXT, enum TEXT, text_json TEXT, integer INTEGER, boolean INTEGER, seconds INTEGER,
  ms INTEGER, real REAL, blob BLOB, bigint BLOB, blob_json BLOB, numeric NUMERIC, numeric_number NUMERIC, numeric_bigint NUMERIC, point TEXT)`;

const unit = fc.constantFrom("a", "é", "漢", "😀", "'", '"', "\\", "\u0000", "\n", "\u2028", "t", "%");
// Drizzle cannot take an object without a prototype.
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(1.5, -7, true, "text", "", [], {}),
    fc.string({ unit }),
    fc.array(fc.option(tie("json"))),
    fc.dictionary(fc.string({ unit }), tie("json"), { noNullPrototype: true }),
  ),
}));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const row = fc.record({
  text: optional(fc.string({ unit })),
  enum: optional(fc.constantFrom("a" as const, "b" as const)),
  textJson: optional(json),
  integer: optional(fc.maxSafeInteger()),
  boolean: optional(fc.boolean()),
  seconds: optional(
    fc.date({ noInvalidDate: true }).map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000)),
  ),
  ms: optional(fc.date({ noInvalidDate: true })),
  real: optional(
    fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(5e-324, 1.7976931348623157e308, 0.1, 1 / 3)),
  ),
  blob: optional(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
  bigint: optional(fc.bigInt()),
  blobJson: optional(json),
  numeric: optional(fc.constantFrom("1", "-2.5", "1e20", "0.1")),
  numericNumber: optional(fc.oneof(fc.integer(), fc.constantFrom(0.5, -1e10))),
  numericBigint: optional(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  point: optional(fc.record({ x: fc.integer(), y: fc.integer() }, { noNullPrototype: true })),
});

test("Every kind of column comes back from the database, the feed and the wire as it went in", async () => {
  const { database, heard } = await openSqlite(makeFile(ddl), [all]);
  const info = inspectTable(all);
  await fc.assert(
    fc.asyncProperty(row, async (values) => {
      await database.db.delete(all);
      const [stored] = await database.db
        .insert(all)
        .values({ id: 1, ...values })
        .returning();
      if (stored === undefined) throw new Error("nothing was stored");
      // SQLite has no NaN, and -0 is 0 to it.
      expect({ ...stored, numeric: null, real: null }).toEqual({
        id: 1,
        ...values,
        numeric: null,
        real: null,
      });
      expect(stored.real === values.real).toBe(true);
      const [selected] = await database.db.select().from(all);
      const after = heard.at(-1)?.changes[0]?.after;
      expect(after).toEqual(info.toWire(selected ?? {}));
      if (after === null || after === undefined) throw new Error("nothing was heard");
      const { point: _p, numeric: _n, real: _r, ...back } = info.fromWire(after);
      const { point: _q, numeric: _m, real: _s, ...there } = stored;
      expect(back).toEqual(there);
      // What goes into a filter's parameter finds the row.
      expect(JSON.parse(JSON.stringify(info.toWire(stored)))).toEqual(JSON.parse(JSON.stringify(after)));
    }),
    { numRuns: 150 * soak },
  );
});

test("Whole numbers go in as such: a text column keeps 1, not 1.0", async () => {
  const { database } = await openSqlite(makeFile(ddl), [all]);
  await database.db.run('insert into "all" (id, text) values (1, 7)');
  await database.db.update(all).set({ text: 8 as never });
  expect(await database.db.all('select text, typeof(integer) as t from "all"')).toEqual([
    { text: "8", t: "null" },
  ]);
});

test("Whole numbers beyond 2^53 keep their digits", async () => {
  const { database, heard } = await openSqlite(makeFile(ddl), [all]);
  await database.db.run('insert into "all" (id, integer) values (1, 9007199254740993)');
  expect(await database.db.all('select integer from "all"')).toEqual([{ integer: 9007199254740993n }]);
  const info = inspectTable(all);
  const after = heard[0]?.changes[0]?.after;
  expect(after?.integer).toBe("9007199254740993");
  expect(after && info.fromWire(after).integer).toBe(9007199254740993n);
  const [selected] = await database.db.select().from(all);
  expect(info.toWire(selected ?? {})).toEqual(after);
});

test("A value that its column cannot read is null, and said in the log; the feed goes on", async () => {
  const warnings: object[] = [];
  const nothing = (): void => {};
  const log: Log = { debug: nothing, info: nothing, warn: (fields) => warnings.push(fields), error: nothing };
  const { database, heard } = await openSqlite(makeFile(ddl), [all], {}, log);
  await database.db.run(
    `insert into "all" (id, text_json, ms, boolean, integer) values (1, '{oops', 'today', 2, 'many')`,
  );
  await database.db.run('insert into "all" (id) values (2)');
  expect(heard).toHaveLength(2);
  const { textJson, ms, boolean, integer: whole } = heard[0]?.changes[0]?.after ?? {};
  expect({ textJson, ms, boolean, whole }).toEqual({
    textJson: null,
    ms: null,
    boolean: false,
    whole: "many",
  });
  expect(warnings).toMatchObject([{ table: "all", column: "textJson" }]);
});

test("Names under Drizzle's casing, and names that need quotes, are captured", async () => {
  const odd = sqliteTable('odd "table"', {
    orderId: integer().primaryKey(),
    fullName: text(),
    quoted: text('a "b" c'),
  });
  const path = makeFile(
    'CREATE TABLE "odd ""table""" (order_id INTEGER PRIMARY KEY, full_name TEXT UNIQUE, "a ""b"" c" TEXT)',
  );
  const { database, heard } = await openSqlite(path, [odd], { casing: "snake_case" });
  await database.db.insert(odd).values({ orderId: 1, fullName: "Ada", quoted: "x" });
  expect(heard[0]?.changes[0]?.after).toEqual({ orderId: 1, fullName: "Ada", quoted: "x" });
  const thrown: unknown = await database.db
    .insert(odd as SQLiteTable)
    .values({ orderId: 2, fullName: "Ada" })
    .catch((error: unknown) => error);
  expect(database.toError(thrown)?.errors?.[0]?.path).toEqual(["fullName"]);
});
