import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsFrom } from "./columns.fixture.ts";
import { columnsOf } from "./columns-of.ts";
import { compilePredicate } from "./evaluate.ts";
import { indexKeys } from "./index-key.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import { normalize } from "./normalize.ts";
import { parseWhere } from "./parse-where.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const columns = columnsFrom({ a: "integer?", b: "integer?", on: "boolean?" });
const rules = {
  columns,
  allowed: (name: string) => lookupsOfKind(columns.get(name)?.kind ?? "opaque"),
  limits: null,
};
const predicate = (where: Record<string, unknown>) => normalize(parseWhere(where, rules));
const keys = (where: Record<string, unknown>) =>
  indexKeys(predicate(where))?.map(({ column, value }) => `${column}=${value}`) ?? null;

describe("where a matcher files a filter", () => {
  test.each<[string, Record<string, unknown>, string[] | null]>([
    ["equality", { a: 1 }, ["a=1"]],
    ["each value of in", { a: { in: [2, 1] } }, ["a=1", "a=2"]],
    ["the conjunct with fewest values", { a: { in: [1, 2] }, b: 3, on: { ne: true } }, ["b=3"]],
    ["another column rather than a boolean", { on: true, a: { in: [1, 2, 3] } }, ["a=1", "a=2", "a=3"]],
    ["a boolean where there is nothing else", { on: true, a: { gt: 1 } }, ["on=true"]],
    ["all branches of OR", { OR: [{ a: 1 }, { b: 2, a: { gt: 0 } }, { a: 1, on: true }] }, ["a=1", "b=2"]],
    ["not where one branch has none", { OR: [{ a: 1 }, { b: { gt: 2 } }] }, null],
    ["not by an opposite", { NOT: { a: { in: [1, 2] } } }, null],
    ["not by NULL", { a: null }, null],
    ["what is always", {}, null],
    ["what is never", { OR: [] }, []],
  ])("%s", (_title, where, result) => {
    expect(keys(where)).toEqual(result);
  });
});

test("every row that fulfils a filter holds one of its keys", () => {
  const value = fc.integer({ min: 0, max: 3 });
  const { where } = fc.letrec<{ where: Record<string, unknown> }>((tie) => ({
    where: fc.oneof(
      { maxDepth: 4 },
      fc.record({ [String("a")]: value }),
      fc.array(value, { maxLength: 2 }).map((list) => ({ b: { in: list } })),
      fc.boolean().map((on) => ({ on })),
      value.map((least) => ({ a: { gt: least } })),
      fc.array(tie("where"), { maxLength: 3 }).map((AND) => ({ AND })),
      fc.array(tie("where"), { maxLength: 3 }).map((OR) => ({ OR })),
      tie("where").map((NOT) => ({ NOT })),
    ),
  }));
  const row = fc.record({ a: fc.option(value), b: fc.option(value), on: fc.option(fc.boolean()) });
  fc.assert(
    fc.property(where, fc.array(row, { minLength: 5, maxLength: 10 }), (condition, rows) => {
      const form = predicate(condition);
      const found = indexKeys(form);
      for (const one of rows.filter(compilePredicate(form, columns))) {
        if (found !== null)
          expect(found.some(({ column, value }) => one[column as "a"] === value)).toBe(true);
      }
    }),
    { numRuns: 1000 * soak },
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
