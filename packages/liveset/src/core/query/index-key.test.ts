import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsFrom } from "./columns.fixture.ts";
import { columnsOf } from "./columns-of.ts";
import { compareValues } from "./compare-values.ts";
import { compilePredicate } from "./evaluate.ts";
import { type IndexKey, indexKeys } from "./index-key.ts";
import { isAfter, isBefore } from "./interval.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import { normalize } from "./normalize.ts";
import { parseWhere } from "./parse-where.ts";
import type { Operand } from "./predicate.ts";
import { randomRow, randomWhere } from "./random-where.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const columns = columnsFrom({
  a: "integer?",
  b: "integer?",
  on: "boolean?",
  s: "text?",
  at: "date?",
  x: "real?",
  big: "bigint?",
  j: "json?",
});
const rules = {
  columns,
  allowed: (name: string) => lookupsOfKind(columns.get(name)?.kind ?? "opaque"),
  limits: null,
};
const predicate = (where: Record<string, unknown>) => normalize(parseWhere(where, rules));

/** Equality narrows most, of booleans least; one bound less than two. */
const share = (key: IndexKey): number => {
  if (key.is === "equal") return typeof key.value === "boolean" ? 0.5 : 0.1;
  if (key.is !== "within") return 0.9;
  return key.interval.low === null || key.interval.high === null ? 0.4 : 0.25;
};
const keysOf = (where: Record<string, unknown>) =>
  indexKeys(predicate(where), { columns, rate: (key) => ({ share: share(key), crowd: 0 }) });

const text = (key: IndexKey): string => {
  if (key.is === "equal") return `${key.column} = ${key.value}`;
  if (key.is !== "within") return `${key.column} is ${key.is}`;
  const { low, lowOpen, high, highOpen } = key.interval;
  return `${key.column} in ${lowOpen ? "(" : "["}${low ?? ""}, ${high ?? ""}${highOpen ? ")" : "]"}`;
};

describe("where a matcher files a filter", () => {
  test.each<[string, Record<string, unknown>, string[] | null]>([
    ["equality", { a: 1 }, ["a = 1"]],
    ["each value of in", { a: { in: [2, 1] } }, ["a = 1", "a = 2"]],
    ["what narrows most", { a: { in: [1, 2] }, b: 3, on: { ne: true } }, ["b = 3"]],
    ["values rather than a boolean", { on: true, a: { in: [1, 2, 3] } }, ["a = 1", "a = 2", "a = 3"]],
    ["two bounds rather than many values", { a: { in: [1, 2, 3] }, b: { range: [1, 2] } }, ["b in [1, 2]"]],
    ["one bound rather than a boolean", { on: true, a: { gt: 1 } }, ["a in (1, ]"]],
    ["less than", { a: { lt: 1 } }, ["a in [, 1)"]],
    ["at most", { a: { lte: 1 } }, ["a in [, 1]"]],
    ["two bounds as one interval", { a: { gte: 1, lt: 5 }, b: { gt: 0 } }, ["a in [1, 5)"]],
    [
      "bounds in several places",
      { a: { gt: 1 }, AND: [{ a: { lt: 9 } }, { a: { gte: 1, lte: 5 } }] },
      ["a in (1, 5]"],
    ],
    ["bounds that exclude each other: nowhere", { a: { gt: 5, lt: 1 }, b: 1 }, []],
    ["bounds that just exclude each other", { a: { gt: 5, lte: 5 } }, []],
    ["the beginning of a text", { s: { startswith: "ab" } }, ["s in [ab, ac)"]],
    ["a beginning before the surrogates", { s: { startswith: "a\ud7ff" } }, ["s in [a\ud7ff, a\ue000)"]],
    ["a beginning with the last character", { s: { startswith: "a\u{10ffff}" } }, ["s in [a\u{10ffff}, b)"]],
    ["a beginning with nothing after it", { s: { startswith: "\u{10ffff}" } }, ["s in [\u{10ffff}, ]"]],
    ["an empty beginning", { s: { startswith: "" } }, ["s in [, ]"]],
    ["NULL", { a: null }, ["a is null"]],
    ["anything but NULL", { a: { isnull: false } }, ["a is present"]],
    ["all branches of OR", { OR: [{ a: 1 }, { b: { gt: 0 } }, { a: 1, on: true }] }, ["a = 1", "b in (0, ]"]],
    ["not where one branch has none", { OR: [{ a: 1 }, { s: { contains: "x" } }] }, null],
    ["not by an opposite", { NOT: { a: { in: [1, 2] } } }, null],
    ["not by what is inside a text", { s: { icontains: "x" } }, null],
    ["what is always", {}, null],
    ["what is never", { OR: [] }, []],
  ])("%s", (_title, where, result) => {
    expect(keysOf(where)?.map(text).sort() ?? null).toEqual(result);
  });
});

test("of equal shares the less crowded is taken", () => {
  const keys = indexKeys(predicate({ a: 1, b: 2 }), {
    columns,
    rate: (key) => ({ share: 0.1, crowd: key.column === "a" ? 7 : 6 }),
  });
  expect(keys?.map(text)).toEqual(["b = 2"]);
});

test("no key is made of a column that memory cannot compare", () => {
  const some = new Map([...columns].filter(([name]) => name !== "a"));
  const keys = (where: Record<string, unknown>) =>
    indexKeys(predicate(where), { columns: some, rate: () => ({ share: 0.1, crowd: 0 }) });
  expect([
    keys({ a: 1 }),
    keys({ a: null }),
    keys({ a: { lt: 1 } }),
    keys({ a: 1, AND: [{ a: { lt: 9 } }] }),
  ]).toEqual([null, null, null, null]);
  expect(keys({ a: 1, b: 2 })?.map(text)).toEqual(["b = 2"]);
});

/** Whether a row has a key. */
function has(row: Readonly<Record<string, unknown>>, key: IndexKey): boolean {
  const value = row[key.column] as Operand | null;
  if (value === null) return key.is === "null";
  if (key.is === "equal") return new Set([value]).has(key.value);
  if (key.is !== "within") return key.is === "present";
  const compare = compareValues(columns.get(key.column)?.kind ?? "opaque");
  return !isBefore(value, key.interval, compare) && !isAfter(value, key.interval, compare);
}

test("every row that fulfils a filter has one of its keys", () => {
  fc.assert(
    fc.property(
      randomWhere(columns),
      fc.array(randomRow(columns, { strangers: false }), { minLength: 5, maxLength: 10 }),
      (where, rows) => {
        const keys = keysOf(where);
        const test = compilePredicate(predicate(where), columns);
        for (const row of rows)
          if (keys !== null && test(row)) expect(keys.some((key) => has(row, key))).toBe(true);
      },
    ),
    { numRuns: 2000 * soak },
  );
});

test("the columns that a predicate reads", () => {
  expect(
    [
      ...(columnsOf(predicate({ a: 1, NOT: { OR: [{ b: { in: [1, 2] } }, { on: null, a: 2 }] } })) ?? []),
    ].sort(),
  ).toEqual(["a", "b", "on"]);
  expect(columnsOf({ op: "true" })?.size).toBe(0);
});
