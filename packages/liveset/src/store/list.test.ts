import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { WireRow } from "../core/json.ts";
import { keyTextOf } from "../core/key/key.ts";
import { List, type ListChange } from "./list.ts";

const number = (row: WireRow, name: string): number => row[name] as number;
const byRankThenId = (a: WireRow, b: WireRow): number =>
  number(a, "rank") - number(b, "rank") || number(a, "id") - number(b, "id");
const make = (rows: readonly WireRow[] = []): List => {
  const list = new List({ keys: ["id"], compare: byRankThenId });
  list.replace(rows);
  return list;
};
const row = (id: number, rank: number, text = ""): WireRow => ({ id, rank, text });
const ids = (list: List): unknown[] => list.rows.map(({ id }) => id);

describe("a list", () => {
  test("is sorted, whatever the order in which rows come", () => {
    const list = make([row(3, 1), row(1, 2), row(2, 1)]);
    expect(ids(list)).toEqual([2, 3, 1]);
    list.apply({ enter: [row(9, 0), row(8, 1), row(7, 5)] });
    expect(ids(list)).toEqual([9, 2, 3, 8, 1, 7]);
  });

  test("moves a row whose sort value changed to its new place", () => {
    const list = make([row(1, 1), row(2, 2), row(3, 3)]);
    list.apply({ update: [row(1, 9)] });
    expect(ids(list)).toEqual([2, 3, 1]);
    expect(list.rows[2]).toEqual(row(1, 9));
  });

  test("keeps unchanged rows the same objects and gives a new array for a change", () => {
    const list = make([row(1, 1), row(2, 2), row(3, 3)]);
    const before = list.rows;
    list.apply({ update: [row(2, 2, "new")] });
    expect(list.rows).not.toBe(before);
    expect(list.rows[0]).toBe(before[0]);
    expect(list.rows[2]).toBe(before[2]);
    expect(before[1]).toEqual(row(2, 2));
  });

  test("stays the same array when nothing in it changes", () => {
    const list = make([row(1, 1), row(2, 2)]);
    const before = list.rows;
    list.apply({ enter: [row(1, 1)], update: [row(2, 2)], leave: ["5"] });
    list.replace([row(2, 2), row(1, 1)]);
    expect(list.rows).toBe(before);
  });

  test("takes the same change twice without harm", () => {
    const list = make([row(1, 1), row(2, 2)]);
    const change: ListChange = { enter: [row(3, 3)], update: [row(1, 4)], leave: ["2"] };
    list.apply(change);
    const after = list.rows;
    list.apply(change);
    expect(list.rows).toBe(after);
    expect(ids(list)).toEqual([3, 1]);
  });

  test("takes a row that leaves and enters in one change", () => {
    const list = make([row(1, 1), row(2, 2)]);
    list.apply({ leave: ["1"], enter: [row(1, 5)] });
    expect(ids(list)).toEqual([2, 1]);
  });

  test("gives its rows and its array to the list that replaces it where they are equal", () => {
    const old = make([row(1, 1), row(2, 2)]);
    const same = new List({ keys: ["id"], compare: byRankThenId });
    same.replace([row(1, 1), row(2, 2)], old);
    expect(same.rows).toBe(old.rows);
    const other = new List({ keys: ["id"], compare: byRankThenId });
    other.replace([row(2, 2), row(3, 3)], old);
    expect(other.rows[0]).toBe(old.rows[1]);
    expect(ids(other)).toEqual([2, 3]);
  });

  test("freezes its rows and its array", () => {
    const list = make([row(1, 1)]);
    expect(Object.isFrozen(list.rows)).toBe(true);
    expect(Object.isFrozen(list.rows[0])).toBe(true);
  });

  test("finds rows by composite keys", () => {
    const list = new List({ keys: ["a", "b"], compare: (x, y) => number(x, "b") - number(y, "b") });
    list.replace([
      { a: "x,y", b: 1 },
      { a: "x", b: 2 },
    ]);
    list.apply({ leave: ["x\\,y,1"] });
    expect(list.rows).toEqual([{ a: "x", b: 2 }]);
  });
});

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const anyRow = fc.record({ id: fc.nat(30), rank: fc.nat(4), text: fc.constantFrom("", "a") });
const anyChange = fc.record(
  {
    enter: fc.array(anyRow, { maxLength: 6 }),
    update: fc.array(anyRow, { maxLength: 6 }),
    leave: fc.array(fc.nat(30).map(String), { maxLength: 6 }),
  },
  { requiredKeys: [] },
);

test("after any changes a list is what a plain map, sorted, would be, and every untouched row is the same object", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyRow, { selector: ({ id }) => id }),
      fc.array(anyChange),
      (start, changes) => {
        const list = make(start);
        const model = new Map(start.map((each): [string, WireRow] => [String(each.id), each]));
        for (const change of changes) {
          const before = new Map(list.rows.map((each) => [keyTextOf(each, ["id"]) as string, each]));
          for (const key of change.leave ?? []) model.delete(key);
          for (const each of [...(change.enter ?? []), ...(change.update ?? [])])
            model.set(String(each.id), each);
          list.apply(change);
          expect(list.rows).toEqual([...model.values()].sort(byRankThenId));
          for (const each of list.rows) {
            const old = before.get(String(each.id));
            const same = old !== undefined && old.rank === each.rank && old.text === each.text;
            if (same) expect(each).toBe(old);
          }
        }
      },
    ),
    { numRuns: 300 * soak },
  );
});
