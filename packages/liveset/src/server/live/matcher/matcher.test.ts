import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json, WireRow } from "../../core/json.ts";
import type { Columns } from "../../core/query/column-kind.ts";
import { compilePredicate } from "../../core/query/evaluate.ts";
import { indexKeys } from "../../core/query/index-key.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import { Matcher } from "./matcher.ts";

const runs = 500 * Number(process.env.LIVESET_SOAK ?? 1);
const change = (before: WireRow | null, after: WireRow | null) => ({ table: "t", before, after });

test("1 and its text are different values", () => {
  const matcher = new Matcher<string>();
  matcher.add("number", [{ column: "a", value: 1 }]);
  matcher.add("text", [{ column: "a", value: "1" }]);
  matcher.add("boolean", [{ column: "a", value: true }]);
  expect([...matcher.probe(change(null, { a: 1 }))]).toEqual(["number"]);
  expect([...matcher.probe(change({ a: "1" }, null))]).toEqual(["text"]);
  expect([...matcher.probe(change({ a: true }, { a: 1 }))]).toEqual(["boolean", "number"]);
});

test("names and values that an object would inherit are nothing special", () => {
  const matcher = new Matcher<string>();
  matcher.add("a", [{ column: "constructor", value: "__proto__" }]);
  expect([...matcher.probe(change(null, {}))]).toEqual([]);
  expect([...matcher.probe(change(null, { constructor: "__proto__" }))]).toEqual(["a"]);
});

test("an item filed under several values is found once and removed whole", () => {
  const matcher = new Matcher<string>();
  const keys = [
    { column: "a", value: 1 },
    { column: "b", value: 2 },
  ];
  matcher.add("x", keys);
  matcher.add("always", null);
  expect([...matcher.probe(change({ a: 1, b: 2 }, { a: 1, b: 2 }))].sort()).toEqual(["always", "x"]);
  matcher.remove("x", keys);
  matcher.remove("always", null);
  expect(matcher.isEmpty).toBe(true);
});

const columns: Columns = new Map([
  ["n", { name: "n", kind: "integer", nullable: true }],
  ["s", { name: "s", kind: "text", nullable: true }],
  ["b", { name: "b", kind: "boolean", nullable: true }],
]);
const value: Readonly<Record<"n" | "s" | "b", fc.Arbitrary<Operand>>> = {
  n: fc.integer({ min: 0, max: 3 }),
  s: fc.constantFrom("", "0", "1", "a"),
  b: fc.boolean(),
};
const leaf: fc.Arbitrary<Predicate> = fc
  .constantFrom("n" as const, "s" as const, "b" as const)
  .chain((column) =>
    fc.oneof(
      fc.record({
        op: fc.constant("compare" as const),
        column: fc.constant(column),
        lookup: fc.constantFrom("exact" as const, "ne" as const),
        value: value[column],
      }),
      fc.record({
        op: fc.constant("compare" as const),
        column: fc.constant(column),
        lookup: fc.constant("in" as const),
        value: fc.array(value[column], { maxLength: 3 }),
      }),
      fc.record({
        op: fc.constant("compare" as const),
        column: fc.constant(column),
        lookup: fc.constant("isnull" as const),
        value: fc.boolean(),
      }),
    ),
  );
const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.constantFrom<Predicate>({ op: "true" }, { op: "false" }),
    fc.record({
      op: fc.constantFrom("and" as const, "or" as const),
      of: fc.array(tie("predicate"), { maxLength: 3 }),
    }),
    fc.record({ op: fc.constant("not" as const), of: tie("predicate") }),
  ),
}));
const row = fc.record({
  n: fc.option<Json>(value.n),
  s: fc.option<Json>(value.s),
  b: fc.option<Json>(value.b),
});

test("no group is missed: what probing leaves out fulfils the predicate neither before nor after", () => {
  const changes = fc.tuple(fc.option(row), fc.option(row));
  fc.assert(
    fc.property(
      fc.array(predicate, { maxLength: 20 }),
      fc.array(fc.nat(19)),
      fc.array(changes, { maxLength: 10 }),
      (predicates, removed, rows) => {
        const items = predicates.map((raw) => {
          const normal = normalize(raw);
          return { keys: indexKeys(normal), test: compilePredicate(normal, columns) };
        });
        const matcher = new Matcher<(typeof items)[number]>();
        for (const item of items) matcher.add(item, item.keys);
        const gone = new Set(removed.flatMap((i) => items[i] ?? []));
        for (const item of gone) matcher.remove(item, item.keys);
        for (const [before, after] of rows) {
          const expected = items.filter(
            ({ test }) => (before !== null && test(before)) || (after !== null && test(after)),
          );
          const probed = matcher.probe(change(before, after));
          const found = [...probed].filter(
            ({ test }) => (before !== null && test(before)) || (after !== null && test(after)),
          );
          expect(new Set(found)).toEqual(new Set(expected.filter((item) => !gone.has(item))));
          for (const item of gone) expect(probed.has(item)).toBe(false);
        }
        for (const item of items) matcher.remove(item, item.keys);
        expect(matcher.isEmpty).toBe(true);
      },
    ),
    { numRuns: runs },
  );
});
