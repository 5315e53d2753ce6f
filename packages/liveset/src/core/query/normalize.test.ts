import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonical } from "./canonical.ts";
import { columnsFrom } from "./columns.fixture.ts";
import { compilePredicate } from "./evaluate.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import { normalize } from "./normalize.ts";
import { parseWhere } from "./parse-where.ts";
import type { Predicate } from "./predicate.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const columns = columnsFrom({ a: "text?", b: "text?", n: "integer?", on: "boolean?", at: "date?" });
const rules = {
  columns,
  allowed: (name: string) => lookupsOfKind(columns.get(name)?.kind ?? "opaque"),
  limits: null,
};
const key = (where: Record<string, unknown>) => canonical(normalize(parseWhere(where, rules)));

describe("filters of one meaning have one key", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["order of fields", { a: "x", n: 1 }, { n: 1, a: "x" }],
    ["order of branches", { OR: [{ n: 1 }, { a: "x" }] }, { OR: [{ a: "x" }, { n: 1 }] }],
    ["duplicates", { OR: [{ n: 1 }, { n: 1 }] }, { n: 1 }],
    ["nested AND", { AND: [{ n: 1 }, { AND: [{ a: "x" }] }] }, { n: 1, a: "x" }],
    [
      "nested OR",
      { OR: [{ n: 1 }, { OR: [{ a: "x" }, { b: "y" }] }] },
      { OR: [{ b: "y" }, { a: "x" }, { n: 1 }] },
    ],
    ["constants", { n: 1, AND: [], OR: [{ a: "x" }, { OR: [] }] }, { n: 1, a: "x" }],
    ["what is never", { n: 1, OR: [] }, { OR: [] }],
    ["what is always", { OR: [{ n: 1 }, {}] }, {}],
    ["double negation", { NOT: { NOT: { n: 1 } } }, { n: 1 }],
    ["negated equality", { NOT: { n: 1 } }, { n: { ne: 1 } }],
    ["negated order", { NOT: { n: { lt: 1 } } }, { n: { gte: 1 } }],
    ["negated isnull", { NOT: { n: null } }, { n: { ne: null } }],
    ["De Morgan", { NOT: { n: 1, a: "x" } }, { OR: [{ n: { ne: 1 } }, { a: { ne: "x" } }] }],
    ["in", { n: { in: [10, 9, 9] } }, { n: { in: [9, 10] } }],
    ["in of one", { n: { in: [1] } }, { n: 1 }],
    ["negated in of one", { NOT: { n: { in: [1, 1] } } }, { n: { ne: 1 } }],
    ["in of none", { n: { in: [] } }, { OR: [] }],
    ["exact by name", { n: { exact: 1 } }, { n: 1 }],
    ["-0", { n: -0 }, { n: 0 }],
    ["range of one value", { n: { range: [1, 1] } }, { n: 1 }],
    ["case where it does not matter", { a: { icontains: "MiLK" } }, { a: { icontains: "milk" } }],
    ["spellings of an instant", { at: "2026-01-01" }, { at: "2026-01-01T01:00:00+01:00" }],
  ])("%s", (_title, left, right) => {
    expect(key(left)).toBe(key(right));
  });
});

describe("look-alike filters have different keys (pitfall 1)", () => {
  const alike: Record<string, unknown>[] = [
    { a: "1" },
    { n: 1 },
    { a: "null" },
    { a: null },
    { a: { ne: null } },
    { a: "" },
    { a: { in: ["x,y"] } },
    { a: { in: ["x", "y"] } },
    { a: 'x","y' },
    { a: { in: ['x","y', "z"] } },
    { a: { in: ["x", "y", "z"] } },
    { a: "x", b: "y" },
    { a: "y", b: "x" },
    { OR: [{ a: "x" }, { b: "y" }] },
    { OR: [{ a: "x" }, { b: "y" }, { n: 1 }] },
    { OR: [{ a: "x", n: 1 }, { b: "y" }] },
    { a: "x", OR: [{ b: "y" }, { n: 1 }] },
    { a: "x' OR b = 'y" },
    { a: 'x"],["b","exact","y' },
    { a: "x\\" },
    { a: 'x\\"' },
    { a: "2026-01-01" },
    { at: "2026-01-01" },
    { at: "2026-01-01T00:00:00.001Z" },
    { on: true },
    { a: "true" },
    { on: { ne: false } },
    { a: { contains: "x" } },
    { a: { icontains: "x" } },
    { a: { startswith: "x" } },
    { a: { contains: "X" } },
    { NOT: { a: { contains: "x" } } },
    { NOT: { n: { in: [1, 2] } } },
    { n: { in: [1, 2] } },
    { n: { in: [12] } },
    { n: { range: [1, 2] } },
    { n: { range: [2, 1] } },
    { n: { lt: 1 } },
    { n: { lte: 1 } },
    { a: "é" },
    { a: "e\u0301" },
    {},
    { OR: [] },
  ];
  test("each of these", () => {
    const keys = alike.map(key);
    expect(new Set(keys).size).toBe(alike.length);
  });

  test("a column named like an operator", () => {
    const odd = columnsFrom({ and: "text", not: "text" });
    const compare = (column: string): Predicate => ({
      op: "compare",
      column,
      lookup: "contains",
      value: "x",
    });
    const forms: Predicate[] = [
      compare("and"),
      compare("not"),
      { op: "not", of: compare("and") },
      { op: "and", of: [compare("and"), compare("not")] },
    ];
    expect(odd.size).toBe(2);
    expect(new Set(forms.map((form) => canonical(normalize(form)))).size).toBe(forms.length);
  });
});

const text = fc.constantFrom("", "x", "X", "y", '"', ",", "\\");
const leaf: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({
    op: fc.constant("compare" as const),
    column: fc.constantFrom("a", "b"),
    lookup: fc.constantFrom("exact", "ne", "lt", "gte", "icontains", "endswith"),
    value: text,
  }),
  fc.record({
    op: fc.constant("compare" as const),
    column: fc.constantFrom("a", "b"),
    lookup: fc.constant("in" as const),
    value: fc.array(text, { maxLength: 3 }),
  }),
  fc.record({
    op: fc.constant("compare" as const),
    column: fc.constantFrom("a", "b"),
    lookup: fc.constant("isnull" as const),
    value: fc.boolean(),
  }),
  fc.constantFrom({ op: "true" } as const, { op: "false" } as const),
);
const { tree } = fc.letrec<{ tree: Predicate }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ op: fc.constantFrom("and", "or"), of: fc.array(tie("tree"), { maxLength: 3 }) }),
    fc.record({ op: fc.constant("not" as const), of: tie("tree") }),
  ),
}));
const everyRow = [null, "", "x", "X", "y", '"', ",", "\\"].flatMap((a, _index, all) =>
  all.map((b) => ({ a, b })),
);
const meaning = (predicate: Predicate) =>
  [predicate, { op: "not", of: predicate } as const].map((one) =>
    everyRow.filter(compilePredicate(one, columns)),
  );

test("P1: the normal form means the same for every row, unknown included, and is its own normal form", () => {
  fc.assert(
    fc.property(tree, (predicate) => {
      const normal = normalize(predicate);
      expect(meaning(normal)).toEqual(meaning(predicate));
      expect(normalize(normal)).toEqual(normal);
    }),
    { numRuns: 1000 * soak },
  );
});

test("P1: filters with one key have one meaning, and their tree is read back from the key", () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 2, maxLength: 12 }), (predicates) => {
      const byKey = new Map<string, Predicate>();
      for (const predicate of predicates.map(normalize)) {
        const other = byKey.get(canonical(predicate));
        if (other !== undefined) expect(predicate).toEqual(other);
        byKey.set(canonical(predicate), predicate);
      }
    }),
    { numRuns: 500 * soak },
  );
});
