import { DatabaseSync } from "node:sqlite";
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { blob, integer, numeric, real, SQLiteSyncDialect, sqliteTable, text } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Json, WireRow } from "../../core/json.ts";
import { toBase64 } from "../../core/query/base64.ts";
import { compareRows } from "../../core/query/compare-rows.ts";
import { compilePredicate } from "../../core/query/evaluate.ts";
import { lookupsOfKind } from "../../core/query/lookups-of-kind.ts";
import { normalize } from "../../core/query/normalize.ts";
import {
  type Direction,
  type Nulls,
  type Order,
  type OrderValue,
  orderTerm,
} from "../../core/query/order.ts";
import { parseOrder } from "../../core/query/parse-order.ts";
import { parseWhere } from "../../core/query/parse-where.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import { decodeAfter, encodeAfter, seekPredicate } from "../../core/query/seek.ts";
import { columnOperand } from "../operation/column-operand.ts";
import { inspectTable } from "../table/inspect-table.ts";
import { printOrder } from "./print-order.ts";
import { printPredicate } from "./print-predicate.ts";
import { fromSqlOutput, toSqlInput } from "./sqlite/sql-value.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const things = sqliteTable("some things", {
  id: integer("the id").primaryKey(),
  text: text(),
  // The database compares without case, the predicate does not.
  name: text("NAME"),
  whole: integer(),
  float: real(),
  done: integer({ mode: "boolean" }),
  at: integer({ mode: "timestamp_ms" }),
  second: integer({ mode: "timestamp" }),
  big: blob({ mode: "bigint" }),
  count: numeric({ mode: "bigint" }),
  bytes: blob({ mode: "buffer" }),
  meta: text({ mode: "json" }),
});

const create = `create table "some things" ("the id" integer primary key, "text" text, "NAME" text collate nocase,
  "whole" integer, "float" real, "done" integer, "at" integer, "second" integer, "big" blob, "count" numeric,
  "bytes" blob, "meta" text)`;

const info = inspectTable(things);
const { columns } = info;
const dialect = new SQLiteSyncDialect();
const database = new DatabaseSync(":memory:");
database.exec(create);

beforeEach(() => {
  database.exec('delete from "some things"');
});
afterAll(() => {
  database.close();
});

function run(query: SQL): unknown[][] {
  const { sql: statement, params } = dialect.sqlToQuery(query);
  const prepared = database.prepare(statement);
  prepared.setReturnArrays(true);
  prepared.setReadBigInts(true);
  const rows = prepared.all(...params.map(toSqlInput)) as unknown as unknown[][];
  return rows.map((row) => row.map(fromSqlOutput));
}

function insert(row: WireRow): void {
  const model = info.fromWire(row);
  const all = Object.entries(getTableColumns(things));
  const values = all.map(([name, column]) => sql`${sql.param(model[name], column)}`);
  run(sql`insert into ${things} values (${sql.join(values, sql`, `)})`);
}

/** The rows as the database holds them, in wire form. */
function select(where: SQL, order: readonly SQL[] = []): WireRow[] {
  const all = Object.entries(getTableColumns(things));
  const list = sql.join(
    all.map(([, column]) => sql`${column}`),
    sql`, `,
  );
  const sorted = order.length === 0 ? sql`` : sql` order by ${sql.join([...order], sql`, `)}`;
  return run(sql`select ${list} from ${things} where ${where}${sorted}`).map((values) =>
    info.toWire(
      Object.fromEntries(
        all.map(([name, column], index) => {
          const value = values[index];
          return [name, value === null ? null : column.mapFromDriverValue(value)];
        }),
      ),
    ),
  );
}

const ids = (rows: readonly WireRow[]): Json[] =>
  rows.map(({ id }) => id as Json).sort((a, b) => Number(a) - Number(b));

const rules = {
  columns,
  allowed: (name: string) => lookupsOfKind(columns.get(name)?.kind ?? "opaque"),
  operand: columnOperand(info),
  limits: null,
};

/** The rows that the database selects; fails where the memory says otherwise, of the predicate, its normal form or their opposites. */
function selected(predicate: Predicate): Json[] {
  const rows = select(sql`1 = 1`);
  const normal = normalize(predicate);
  const result = ids(select(printPredicate(predicate, info, "sqlite")));
  expect(ids(rows.filter(compilePredicate(predicate, columns)))).toEqual(result);
  expect(ids(rows.filter(compilePredicate(normal, columns)))).toEqual(result);
  expect(ids(select(printPredicate(normal, info, "sqlite")))).toEqual(result);
  const opposite = ids(select(printPredicate({ op: "not", of: predicate }, info, "sqlite")));
  expect(ids(rows.filter(compilePredicate({ op: "not", of: predicate }, columns)))).toEqual(opposite);
  expect(ids(rows.filter(compilePredicate({ op: "not", of: normal }, columns)))).toEqual(opposite);
  expect(ids(rows.filter(compilePredicate(normalize({ op: "not", of: predicate }), columns)))).toEqual(
    opposite,
  );
  return result;
}

const empty: WireRow = {
  text: null,
  name: null,
  whole: null,
  float: null,
  done: null,
  at: null,
  second: null,
  big: null,
  count: null,
  bytes: null,
  meta: null,
};

const fragments = [
  "",
  "a",
  "A",
  "b",
  "B",
  "ab",
  "milk",
  "Milk",
  "%",
  "_",
  "\\",
  "'",
  '"',
  "\0",
  "é",
  "É",
  "ß",
  "ſ",
  "K",
  "İ",
  "\ud7ff",
  "\ue000",
  "\uff01",
  "😀",
  "𝒳",
  "\u0301",
  " ",
  "1",
  "null",
];
const wireText = fc
  .array(fc.constantFrom(...fragments, "😀", "%", "_"), { maxLength: 3 })
  .map((parts) => parts.join(""));
const wireDate = fc
  .oneof(
    fc.constantFrom(
      -1,
      0,
      1,
      999,
      1000,
      1001,
      253402300799999,
      253402300800000,
      -62167219200001,
      -62167219200000,
      8.64e15,
      -8.64e15,
    ),
    fc.integer({ min: -2000, max: 2000 }),
  )
  .map((ms) => new Date(ms).toISOString());
const digits = fc
  .oneof(fc.bigInt(-12n, 12n), fc.constantFrom(10n ** 17n, 2n ** 53n + 1n, -(2n ** 60n) - 1n))
  .map(String);
const bytes = fc.uint8Array({ maxLength: 3, max: 4 }).map(toBase64);

/** Values of each column as they come from outside, few enough that rows and operands meet. */
const wireValue: Readonly<Record<string, fc.Arbitrary<Json>>> = {
  text: wireText,
  name: wireText,
  whole: fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(-0, -0, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 31),
    fc.constantFrom(
      "9007199254740992",
      "9007199254740993",
      "-9007199254740993",
      "9223372036854775807",
      "-9223372036854775808",
    ),
  ),
  float: fc.oneof(
    fc.constantFrom(-0, 0, 0.1, 0.30000000000000004, -1.5, 1, 1e300, 5e-324),
    fc.integer({ min: -2, max: 2 }),
  ),
  done: fc.boolean(),
  at: wireDate,
  second: wireDate,
  big: digits,
  count: digits,
  bytes,
};

const arbitraryRow: fc.Arbitrary<WireRow> = fc.record({
  ...Object.fromEntries(
    Object.entries(wireValue).map(([name, value]) => [name, fc.option(value, { freq: 5 })]),
  ),
  meta: fc.constantFrom<Json[]>(null, {}, [], 0, "null", false, { a: null }),
});
const arbitraryRows = fc
  .array(arbitraryRow, { maxLength: 8 })
  .map((rows) => rows.map((row, index): WireRow => ({ ...row, id: index + 1 })));

function arbitraryComparison(name: string): fc.Arbitrary<Record<string, unknown>> {
  const value = wireValue[name] ?? fc.constant(null);
  const allowed = [...rules.allowed(name)];
  return fc.constantFrom(...allowed).chain((lookup): fc.Arbitrary<Record<string, unknown>> => {
    if (lookup === "isnull") return fc.boolean().map((is) => ({ [name]: { isnull: is } }));
    if (lookup === "in") return fc.array(value, { maxLength: 3 }).map((list) => ({ [name]: { in: list } }));
    if (lookup === "range") return fc.tuple(value, value).map((pair) => ({ [name]: { range: pair } }));
    if (lookup === "exact") return fc.option(value, { freq: 4 }).map((one) => ({ [name]: one }));
    if (lookup === "ne") return fc.option(value, { freq: 4 }).map((one) => ({ [name]: { ne: one } }));
    return value.map((one) => ({ [name]: { [lookup]: one } }));
  });
}

const { where: arbitraryWhere } = fc.letrec<{ where: Record<string, unknown> }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    // Text has the most that can be mistaken.
    fc.constantFrom(...Object.keys(wireValue), "meta", "text", "text", "text").chain(arbitraryComparison),
    fc.array(tie("where"), { maxLength: 3 }).map((AND) => ({ AND })),
    fc.array(tie("where"), { maxLength: 3 }).map((OR) => ({ OR })),
    tie("where").map((NOT) => ({ NOT })),
  ),
}));

/**
 * What the random conditions are about beside every lookup of every kind of column, told by their JSON. Counted are those that find
 * some rows and not all. NaN and the infinities are none of them: they are refused, below. Relations are in
 * `print-related.property.test.ts`.
 */
const subjects: Readonly<Record<string, (where: string) => boolean>> = {
  NULL: (where) => /[:[,]null|isnull/.test(where),
  "a date": (where) => where.includes("T00:00:0"),
  "a boolean": (where) => /"done":/.test(where),
  "text beyond ASCII": (where) => /[\u0080-\uffff]/.test(where),
  emoji: (where) => where.includes("😀"),
  "%": (where) => where.includes("%"),
  _: (where) => where.includes("_"),
  "an integer beyond 2^53": (where) => /"-?9\d{15,18}"/.test(where),
  "a bigint": (where) => /"(big|count)":/.test(where),
  "-0": (where) => where.includes('"-0"'),
  NOT: (where) => where.includes("NOT"),
  OR: (where) => where.includes("OR"),
};

describe("P1: a predicate means in memory what it means in SQLite", () => {
  test("of 10,000 random conditions on random rows", { timeout: 60_000 * soak }, () => {
    let cases = 0;
    let telling = 0;
    const covered = new Map(Object.keys(subjects).map((name) => [name, 0]));
    fc.assert(
      fc.property(arbitraryRows, fc.array(arbitraryWhere, { minLength: 5, maxLength: 5 }), (rows, wheres) => {
        database.exec('delete from "some things"');
        for (const row of rows) insert(row);
        for (const where of wheres) {
          const { length } = selected(parseWhere(where, rules));
          cases++;
          if (length === 0 || length === rows.length) continue;
          telling++;
          const text = JSON.stringify(where, (_, value) => (Object.is(value, -0) ? "-0" : value));
          for (const [name, isAbout] of Object.entries(subjects))
            if (isAbout(text)) covered.set(name, (covered.get(name) ?? 0) + 1);
        }
      }),
      { numRuns: 2_000 * soak },
    );
    expect(cases).toBeGreaterThanOrEqual(10_000 * soak);
    // Otherwise nothing would have been shown.
    expect(telling).toBeGreaterThan(1_500 * soak);
    expect([...covered].filter(([, times]) => times < 25 * soak)).toEqual([]);
  });

  test.each(["whole", "float"])("NaN and the infinities are refused by every lookup of %s", (name) => {
    const lookups = [...rules.allowed(name)].filter((lookup) => lookup !== "isnull");
    expect(lookups.length).toBeGreaterThan(5);
    for (const lookup of lookups) {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const operand = lookup === "in" ? [1, value] : lookup === "range" ? [value, 1] : value;
        expect(() => parseWhere({ [name]: { [lookup]: operand } }, rules)).toThrow(
          expect.objectContaining({
            code: "invalid",
            errors: [
              expect.objectContaining({
                code: "invalid_value",
                path: expect.arrayContaining([name, lookup]),
              }),
            ],
          }),
        );
      }
    }
  });

  const cases: readonly [
    title: string,
    rows: readonly WireRow[],
    where: Record<string, unknown>,
    result: number[],
  ][] = [
    [
      "% and _ are characters",
      [{ text: "100%" }, { text: "100" }, { text: "a_b" }],
      { text: { contains: "%" } },
      [1],
    ],
    ["a backslash is a character", [{ text: "a\\b" }, { text: "a%b" }], { text: { icontains: "\\" } }, [1]],
    ["contains heeds case", [{ text: "Milk" }, { text: "milk" }], { text: { contains: "milk" } }, [2]],
    [
      "icontains ignores the case of ASCII alone",
      [{ text: "MILK" }, { text: "É" }, { text: "é" }],
      { OR: [{ text: { icontains: "milk" } }, { text: { icontains: "é" } }] },
      [1, 3],
    ],
    ["a Kelvin sign is no K", [{ text: "\u212a" }, { text: "K" }], { text: { icontains: "k" } }, [2]],
    [
      "text goes on after a NUL character",
      [{ text: "a\0b" }, { text: "a\0B" }, { text: "a" }],
      { text: { icontains: "B" } },
      [1, 2],
    ],
    ["a prefix may hold NUL", [{ text: "a\0b" }, { text: "ab" }], { text: { startswith: "a\0" } }, [1]],
    [
      "a suffix may hold NUL and characters of several bytes",
      [{ text: "x\0😀" }, { text: "😀\0" }, { text: "😀" }],
      { text: { endswith: "\0😀" } },
      [1],
    ],
    [
      "every text begins and ends with nothing, NULL does not",
      [{ text: "a" }, { text: "" }, {}],
      { text: { startswith: "", endswith: "" } },
      [1, 2],
    ],
    ["a suffix longer than the text", [{ text: "b" }, { text: "ab" }], { text: { endswith: "ab" } }, [2]],
    [
      "the empty text has no suffix but itself",
      [{ text: "" }, {}],
      { NOT: { text: { endswith: "B" } } },
      [1],
    ],
    [
      "integers beyond 2^53 keep their digits",
      [{ whole: "9007199254740993" }, { whole: "9007199254740992" }, { whole: 2 ** 53 - 1 }],
      { whole: { gt: "9007199254740992" } },
      [1],
    ],
    ["text is compared by code point", [{ text: "\uff01" }, { text: "😀" }], { text: { gt: "\uff01" } }, [2]],
    [
      "a declared collation does not matter",
      [{ name: "Bob" }, { name: "bob" }],
      { name: { in: ["bob", "x"] } },
      [2],
    ],
    ["nor for an order", [{ name: "Z" }, { name: "a" }], { name: { gt: "a" } }, []],
    ["NOT of a comparison with NULL is unknown", [{ whole: 1 }, {}], { NOT: { whole: 2 } }, [1]],
    ["ne does not find NULL", [{ whole: 1 }, {}], { whole: { ne: 2 } }, [1]],
    [
      "an empty in is false, and its opposite true, even for NULL",
      [{ whole: 1 }, {}],
      { NOT: { whole: { in: [] } } },
      [1, 2],
    ],
    ["a range is unknown for NULL", [{ whole: 1 }, {}], { NOT: { whole: { range: [2, 3] } } }, [1]],
    ["a range may be upside down", [{ whole: 1 }], { whole: { range: [3, 0] } }, []],
    [
      "unknown OR true is true, unknown AND false is false",
      [{ done: true }],
      { OR: [{ whole: 1 }, { done: true }], NOT: { AND: [{ whole: 1 }, { done: false }] } },
      [1],
    ],
    ["equality with null finds NULL", [{ whole: 1 }, {}], { whole: null }, [2]],
    ["-0 is 0", [{ float: -0 }, { float: 0 }], { float: { in: [-0, 5] } }, [1, 2]],
    [
      "dates beyond the year 9999 and before 0",
      [
        { at: "+010000-01-01T00:00:00.000Z" },
        { at: "-000001-01-01T00:00:00.000Z" },
        { at: "2026-01-01T00:00:00.000Z" },
      ],
      { at: { gt: "2026-01-01" } },
      [1],
    ],
    [
      "a column of seconds has no milliseconds",
      [{ second: "2026-01-01T00:00:01.000Z" }],
      { second: "2026-01-01T00:00:01.900Z" },
      [1],
    ],
    [
      "a bigint has no limit",
      [{ big: "123456789012345678901234567890" }, { big: "1" }],
      { big: "0123456789012345678901234567890" },
      [1],
    ],
    ["bytes are equal or not", [{ bytes: "AAE=" }, { bytes: "AA==" }], { bytes: "AAE=" }, [1]],
    ["an empty AND is true, an empty OR false", [{}], { AND: [], NOT: { OR: [] } }, [1]],
  ];
  test.each(cases)("%s", (_title, rows, where, result) => {
    for (const [index, row] of rows.entries()) insert({ ...empty, ...row, id: index + 1 });
    expect(selected(parseWhere(where, rules))).toEqual(result);
  });

  test("JSON's own null is null, however it is spelled", () => {
    insert({ ...empty, id: 1, meta: {} });
    insert({ ...empty, id: 2 });
    database.exec(
      `insert into "some things" ("the id", "meta") values (3, 'null'), (4, ' null\n'), (5, '"null"')`,
    );
    expect(selected(parseWhere({ meta: null }, rules))).toEqual([2, 3, 4]);
  });

  test("thousands of conditions are not too deep for the parser of SQL", () => {
    insert({ ...empty, id: 1, whole: 4999 });
    const OR = Array.from({ length: 5000 }, (_, whole) => ({ whole: { lte: whole }, float: null }));
    expect(ids(select(printPredicate(parseWhere({ OR }, rules), info, "sqlite")))).toEqual([1]);
  });
});

describe("P1: rows are sorted in memory as SQLite sorts them", () => {
  const direction = fc.constantFrom<Direction>("asc", "desc");
  const arbitraryValue: fc.Arbitrary<OrderValue> = fc.oneof(
    direction,
    fc.record({ direction, nulls: fc.constantFrom<Nulls>("first", "last") }),
  );
  const arbitraryOrder: fc.Arbitrary<Order> = fc
    .uniqueArray(fc.constantFrom(...Object.keys(wireValue), "id"), { maxLength: 3 })
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, arbitraryValue]))))
    .map((orderBy) => parseOrder(orderBy, new Set(Object.keys(orderBy)), [], info.key));

  test("and a page begins exactly behind any row", { timeout: 60_000 * soak }, () => {
    fc.assert(
      fc.property(arbitraryRows, arbitraryOrder, (rows, order) => {
        database.exec('delete from "some things"');
        for (const row of rows) insert(row);
        const terms = printOrder(order, info, "sqlite");
        const sorted = select(sql`1 = 1`, terms);
        expect(select(sql`1 = 1`).reverse().sort(compareRows(order, columns))).toEqual(sorted);
        for (const [index, row] of sorted.entries()) {
          const values = order.map(({ column }) => row[column] as Operand | null);
          const after = decodeAfter(encodeAfter(values), order, columns);
          for (const known of [undefined, columns]) {
            const rest = seekPredicate(order, after, known);
            expect(select(printPredicate(rest, info, "sqlite"), terms)).toEqual(sorted.slice(index + 1));
            expect(sorted.filter(compilePredicate(normalize(rest), columns))).toEqual(
              sorted.slice(index + 1),
            );
          }
        }
      }),
      { numRuns: 300 * soak },
    );
  });

  test("NULL is first when ascending and last when descending, unless the order says otherwise", () => {
    for (const [index, whole] of [2, null, 1].entries()) insert({ ...empty, id: index + 1, whole });
    const sorted = (direction: Direction, nulls?: Nulls): Json[] => {
      const order = [orderTerm("whole", direction, nulls)];
      return select(sql`1 = 1`, printOrder(order, info, "sqlite")).map(({ id }) => id as Json);
    };
    expect(sorted("asc")).toEqual([2, 3, 1]);
    expect(sorted("asc", "last")).toEqual([3, 1, 2]);
    expect(sorted("desc")).toEqual([1, 3, 2]);
    expect(sorted("desc", "first")).toEqual([2, 1, 3]);
  });

  test("PostgreSQL is always told where NULL stands, and nobody of a column that has none", () => {
    const print = (direction: Direction, nulls?: Nulls): string =>
      dialect.sqlToQuery(
        sql.join(printOrder([orderTerm("whole", direction, nulls)], info, "postgres"), sql`, `),
      ).sql;
    const ofKey = printOrder([orderTerm("id", "asc", "last"), orderTerm("id", "desc")], info, "postgres");
    expect(ofKey.map((term) => dialect.sqlToQuery(term).sql)).toEqual([
      '"some things"."the id" asc',
      '"some things"."the id" desc',
    ]);
    expect(print("asc")).toBe('"some things"."whole" asc nulls first');
    expect(print("asc", "last")).toBe('"some things"."whole" asc nulls last');
    expect(print("desc")).toBe('"some things"."whole" desc nulls last');
    expect(print("desc", "first")).toBe('"some things"."whole" desc nulls first');
  });
});

describe("the SQL", () => {
  test("holds values as parameters only", () => {
    const predicate = parseWhere({ text: { contains: "'; drop table x; --" }, name: 'a" or 1=1' }, rules);
    const query = dialect.sqlToQuery(printPredicate(predicate, info, "sqlite"));
    expect(query.sql).not.toContain("drop");
    expect(query.params).toEqual(["'; drop table x; --", 'a" or 1=1']);
  });

  test("uses an index on a text column", () => {
    database.exec('create index by_text on "some things" ("text")');
    const query = dialect.sqlToQuery(
      sql`explain query plan select * from ${things} where ${printPredicate(parseWhere({ text: "a" }, rules), info, "sqlite")}`,
    );
    const plan = database.prepare(query.sql).all(...query.params.map(toSqlInput));
    database.exec("drop index by_text");
    expect(JSON.stringify(plan)).toContain("USING INDEX by_text");
  });

  test("refuses a column that the table does not have", () => {
    const predicate: Predicate = { op: "compare", column: "nope", lookup: "exact", value: 1 };
    expect(() => printPredicate(predicate, info, "sqlite")).toThrow(
      'The table "some things" has no column "nope".',
    );
    expect(() => printOrder([{ column: "nope", direction: "asc" }], info, "sqlite")).toThrow(TypeError);
  });
});
