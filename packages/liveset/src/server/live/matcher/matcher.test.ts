import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WireRow } from "../../../core/json.ts";
import { columnsFrom } from "../../../core/query/columns.fixture.ts";
import { columnsOf } from "../../../core/query/columns-of.ts";
import { compilePredicate } from "../../../core/query/evaluate.ts";
import { lookupsOfKind } from "../../../core/query/lookups-of-kind.ts";
import { normalize } from "../../../core/query/normalize.ts";
import { parseWhere } from "../../../core/query/parse-where.ts";
import type { Predicate } from "../../../core/query/predicate.ts";
import { randomRow, randomWhere } from "../../../core/query/random-where.fixture.ts";
import type { Filed } from "./filed.ts";
import { Matcher } from "./matcher.ts";

const runs = 1000 * Number(process.env.LIVESET_SOAK ?? 1);
type Where = Record<string, unknown>;

const columns = columnsFrom({
  n: "integer?",
  m: "integer?",
  x: "real?",
  s: "text?",
  b: "boolean?",
  at: "date?",
  big: "bigint?",
  blob: "blob?",
  j: "json?",
});
const rules = {
  columns,
  allowed: (name: string) => lookupsOfKind(columns.get(name)?.kind ?? "opaque"),
  limits: null,
};
const predicate = (where: Where): Predicate => normalize(parseWhere(where, rules));
const change = (before: WireRow | null, after: WireRow | null) => ({ table: "t", before, after });

function filed(...wheres: readonly Where[]): Matcher<number> {
  const matcher = new Matcher<number>(columns);
  for (const [i, where] of wheres.entries()) matcher.add(i, { predicate: predicate(where), reads: null });
  return matcher;
}
const inserted = (matcher: Matcher<number>, row: WireRow) => [...matcher.probe(change(null, row))].sort();
const hundred = Array.from({ length: 100 }, (_, i) => i);

describe("what a change may concern", () => {
  test("1, its text and true are different values; 0 and -0 are one", () => {
    const matcher = filed({ n: 1 }, { s: "1" }, { b: true }, { n: 0 });
    expect(inserted(matcher, { n: 1 })).toEqual([0]);
    expect(inserted(matcher, { n: "1", s: 1, b: 1 })).toEqual([]);
    expect(inserted(matcher, { s: "1" })).toEqual([1]);
    expect(inserted(matcher, { b: true })).toEqual([2]);
    expect(inserted(matcher, { n: -0 })).toEqual([3]);
  });

  test("the old row counts and the new one", () => {
    const matcher = filed({ n: 1 }, { n: 2 }, { n: 3 });
    expect([...matcher.probe(change({ n: 1 }, { n: 2 }))]).toEqual([0, 1]);
    expect([...matcher.probe(change({ n: 3 }, null))]).toEqual([2]);
  });

  test("an item filed under several values is found once", () => {
    const matcher = filed({ OR: [{ n: 1 }, { m: { gt: 1 } }, { s: null }] });
    expect(inserted(matcher, { n: 1, m: 2, s: null })).toEqual([0]);
    expect([...matcher.probe(change({ n: 1, m: 2, s: null }, { n: 2, m: 5, s: null }))]).toEqual([0]);
    expect(inserted(matcher, { n: 2, m: 1, s: "a" })).toEqual([]);
  });

  test("what has no value to be filed under is a candidate for every change", () => {
    const matcher = filed({}, { s: { contains: "a" } }, { n: { ne: 1 } }, { OR: [] });
    expect(inserted(matcher, {})).toEqual([0, 1, 2]);
  });

  test("names and values that an object would inherit are nothing special", () => {
    const strange = columnsFrom({ constructor: "text?" } as Record<string, "text?">);
    const matcher = new Matcher<string>(strange);
    matcher.add("a", {
      predicate: { op: "compare", column: "constructor", lookup: "exact", value: "__proto__" },
      reads: null,
    });
    expect([...matcher.probe(change(null, { constructor: "__proto__" }))]).toEqual(["a"]);
    expect([...matcher.probe(change({ constructor: "valueOf" }, null))]).toEqual([]);
  });
});

describe("candidates are few", () => {
  test("distinct ranges: only those that contain the value, at their bounds too", () => {
    const matcher = filed(...hundred.map((i) => ({ n: { gte: 10 * i, lt: 10 * i + 10 } })));
    for (const value of [0, 9, 10, 505, 999]) {
      expect(inserted(matcher, { n: value })).toEqual([Math.floor(value / 10)]);
    }
    expect(inserted(matcher, { n: 1000 })).toEqual([]);
    expect(inserted(matcher, { n: null })).toEqual([]);
  });

  test("open ranges: only those that begin below the value", () => {
    const matcher = filed(...hundred.map((i) => ({ x: { gt: i } })));
    expect(inserted(matcher, { x: 2 })).toEqual([0, 1]);
  });

  test("beginnings of a text: only those that it begins with", () => {
    const matcher = filed(...["a", "ab", "b", "😀", ""].map((startswith) => ({ s: { startswith } })));
    expect(inserted(matcher, { s: "abc" })).toEqual([0, 1, 4]);
    expect(inserted(matcher, { s: "😀!" })).toEqual([3, 4]);
  });

  test("dates go by time, beyond the year 9999 as well", () => {
    const from = (at: string) => ({ at: { gte: at } });
    const matcher = filed(from("2026-01-01"), from("9999-01-01"), from("+010000-01-01"));
    expect(inserted(matcher, { at: "9999-06-01T00:00:00.000Z" })).toEqual([0, 1]);
    expect(inserted(matcher, { at: "+010000-06-01T00:00:00.000Z" })).toEqual([0, 1, 2]);
  });

  test("tests for NULL: only where there is NULL, or where there is none", () => {
    const matcher = filed({ n: null }, { n: { isnull: false } });
    expect(inserted(matcher, {})).toEqual([0]);
    expect(inserted(matcher, { n: null })).toEqual([0]);
    expect(inserted(matcher, { n: 0 })).toEqual([1]);
  });

  test("of two columns the one with more different values, even if the other came first", () => {
    const matcher = filed(
      ...hundred.map((i) => ({ s: i % 2 === 0 ? "a" : "b" })),
      ...hundred.map((i) => ({ s: "a", n: i })),
    );
    // 50 ask for s alone; of the others, those filed before n was seen to have more values.
    expect(inserted(matcher, { s: "a", n: 99 }).length).toBeLessThanOrEqual(50 + 1 + 20);
  });

  test("of two columns alike the one whose value has fewer items", () => {
    const matcher = filed(
      ...hundred.map((i) => ({ n: 1, m: i % 16 })),
      ...hundred.map((i) => ({ n: i % 16 })),
    );
    expect(inserted(matcher, { n: 1, m: 3 }).length).toBeLessThan(30);
  });

  test("of two columns equally good the preferred one", () => {
    for (const column of ["n", "m"]) {
      const matcher = new Matcher<number>(columns);
      const { keys } = matcher.add(0, {
        predicate: predicate({ n: 1, m: 1 }),
        reads: null,
        preferred: new Set([column]),
      });
      expect(keys).toEqual([{ is: "equal", column, value: 1 }]);
    }
  });

  test("a key rather than anything else, preferred or not; several of its values too", () => {
    for (const where of [{ n: 1 }, { n: { in: [1, 2, 3] } }]) {
      const matcher = new Matcher<number>(columns, ["n"]);
      for (const i of hundred) matcher.add(i, { predicate: predicate({ m: i }), reads: null });
      const { keys } = matcher.add(0, {
        predicate: predicate({ ...where, m: 1000 }),
        reads: null,
        preferred: new Set(["m"]),
      });
      expect(new Set(keys?.map(({ column }) => column))).toEqual(new Set(["n"]));
    }
  });

  test("a boolean only where there is nothing else", () => {
    const matcher = filed(...hundred.map((i) => ({ b: true, n: i })), { b: true });
    expect(inserted(matcher, { b: true, n: 7 })).toEqual([100, 7]);
  });
});

describe("an update that alters nothing an item reads does not concern it", () => {
  const row = { n: 1, m: 1, s: "a", j: { deep: [1] } };
  const updated = (reads: readonly string[] | null, after: WireRow) => {
    const matcher = new Matcher<string>(columns);
    matcher.add("it", { predicate: predicate({ n: 1 }), reads: reads === null ? null : new Set(reads) });
    return matcher.probe(change(row, after)).length === 1;
  };

  test.each<[string, readonly string[] | null, WireRow, boolean]>([
    ["a column that it does not read", ["n", "s"], { ...row, m: 2 }, false],
    ["a column that it reads", ["n", "m"], { ...row, m: 2 }, true],
    ["JSON that is equal", ["n", "j"], { ...row, j: { deep: [1] } }, false],
    ["JSON that differs inside", ["n", "j"], { ...row, j: { deep: [2] } }, true],
    ["anything, where it may read anything", null, { ...row, m: 2 }, true],
  ])("%s", (_title, reads, after, concerned) => {
    expect(updated(reads, after)).toBe(concerned);
  });

  test("a row that comes or goes concerns who reads no column", () => {
    const matcher = new Matcher<string>(columns);
    matcher.add("it", { predicate: predicate({}), reads: new Set() });
    expect(matcher.probe(change(null, row))).toEqual(["it"]);
    expect(matcher.probe(change(row, null))).toEqual(["it"]);
    expect(matcher.probe(change(row, { ...row, n: 2 }))).toEqual([]);
  });

  test("more columns than a number has bits: never too little", () => {
    const names = Array.from({ length: 70 }, (_, i) => `c${i}`);
    const matcher = new Matcher<string>(
      columnsFrom(Object.fromEntries(names.map((name) => [name, "integer?"]))),
    );
    for (const name of names) matcher.add(name, { predicate: { op: "true" }, reads: new Set([name]) });
    for (const name of names) expect(matcher.probe(change({ [name]: 1 }, { [name]: 2 }))).toContain(name);
    expect(matcher.probe(change({ c0: 1 }, { c0: 2 }))).not.toContain("c1");
  });
});

test("a value that has no place among the bounds is not left out, and harms nothing", () => {
  const matcher = filed({ n: { gt: 5 } }, { n: { lt: 5 } }, { n: { gt: 5, lt: 6 } }, { n: 3 });
  expect(inserted(matcher, { n: "abc" })).toEqual([0, 1, 2]);
  expect(inserted(matcher, { n: "9223372036854775807" })).toEqual([0]);
});

test("values of other kinds than the columns' harm nothing", () => {
  const row = randomRow(columns, { strangers: true });
  fc.assert(
    fc.property(fc.array(randomWhere(columns), { maxLength: 20 }), row, row, (wheres, before, after) => {
      const found = filed(...wheres).probe(change(before, after));
      expect(new Set(found).size).toBe(found.length);
    }),
    { numRuns: runs },
  );
});

interface Item {
  readonly readsAll: boolean;
  readonly test: (row: WireRow) => boolean;
}

test("no group is missed, whatever was filed and removed before; when all are removed nothing is left", () => {
  const row = randomRow(columns, { strangers: false });
  const changes = fc.tuple(fc.option(row), fc.option(row));
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("add" as const),
        where: randomWhere(columns),
        readsAll: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), at: fc.nat() }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("change" as const), change: changes }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
      const matcher = new Matcher<Item>(columns);
      const items = new Map<Item, Filed<Item>>();
      for (const each of steps) {
        if (each.do === "add") {
          const normal = predicate(each.where);
          const item: Item = { readsAll: each.readsAll, test: compilePredicate(normal, columns) };
          items.set(
            item,
            matcher.add(item, { predicate: normal, reads: each.readsAll ? null : columnsOf(normal) }),
          );
        } else if (each.do === "remove") {
          for (const [item, one] of [...items].slice(each.at % (items.size + 1)).slice(0, 1)) {
            matcher.remove(one);
            items.delete(item);
          }
        } else {
          const [before, after] = each.change;
          const found = matcher.probe(change(before, after));
          expect(new Set(found).size).toBe(found.length);
          for (const item of found) expect(items.has(item)).toBe(true);
          // An update within an item concerns it where it reads the columns; here that is all, or only what decides.
          for (const item of items.keys()) {
            const was = before !== null && item.test(before);
            const is = after !== null && item.test(after);
            const isUpdate = before !== null && after !== null;
            const concerned = isUpdate && !item.readsAll ? was !== is : was || is;
            if (concerned) expect(found.includes(item)).toBe(true);
          }
        }
      }
      for (const one of items.values()) matcher.remove(one);
      expect(matcher.isEmpty).toBe(true);
    }),
    { numRuns: runs },
  );
});
