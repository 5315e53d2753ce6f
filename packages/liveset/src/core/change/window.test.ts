import { describe, expect, test } from "vitest";
import type { WireRow } from "../json.ts";
import { keyTextOf } from "../key/key.ts";
import type { Column } from "../query/column-kind.ts";
import { compareRows } from "../query/compare-rows.ts";
import type { Order } from "../query/order.ts";
import { hasMore, insideOf, lookAhead, openWindow, stepWindow, type WindowShape } from "./window.ts";

const columns = new Map<string, Column>([
  ["rank", { name: "rank", kind: "integer", nullable: true }],
  ["id", { name: "id", kind: "integer", nullable: false }],
]);

function shapeOf(limit: number, ahead: number, direction: "asc" | "desc" = "asc"): WindowShape {
  const order: Order = [
    { column: "rank", direction },
    { column: "id", direction: "asc" },
  ];
  return { limit, ahead, keyOf: (row) => keyTextOf(row, ["id"]), compare: compareRows(order, columns) };
}

function row(id: number, rank: number | null = id): WireRow {
  return { id, rank };
}

const ids = (rows: readonly WireRow[]): unknown[] => rows.map(({ id }) => id);

/** The window of 2 (and 2 ahead) of rows 10, 20, 30, 40, with more behind; and what a transaction does to it. */
function step(...changes: readonly [WireRow | null, WireRow | null][]): unknown {
  const shape = shapeOf(2, 2);
  const window = openWindow(shape, [row(10), row(20), row(30), row(40)]);
  const done = stepWindow(
    shape,
    window,
    changes.map(([before, after]) => ({ before, after })),
  );
  if (done === null) return null;
  const { enter, update, leave } = done;
  const inside = ids(insideOf(shape, done.next));
  return { inside, enter: ids(enter), update: ids(update), leave, more: hasMore(shape, done.next) };
}

describe("a window", () => {
  test("lets a better row in and the last one out", () => {
    expect(step([null, row(15)])).toEqual({
      inside: [10, 15],
      enter: [15],
      update: [],
      leave: ["20"],
      more: true,
    });
  });

  test("does not change when a row comes into the look-ahead, or behind it", () => {
    const same = { inside: [10, 20], enter: [], update: [], leave: [], more: true };
    expect(step([null, row(25)])).toEqual(same);
    expect(step([null, row(99)])).toEqual(same);
    expect(step([row(99), null])).toEqual(same);
    expect(step([row(99), row(98)])).toEqual(same);
  });

  test("lets the next row slide in for one that is deleted", () => {
    expect(step([row(10), null])).toEqual({
      inside: [20, 30],
      enter: [30],
      update: [],
      leave: ["10"],
      more: true,
    });
  });

  test("asks for more when the look-ahead is used up, and not before", () => {
    expect(step([row(10), null])).not.toBeNull();
    expect(step([row(10), null], [row(20), null])).toBeNull();
    expect(step([row(30), null], [row(40), null])).toBeNull();
    expect(step([row(10), null], [row(20), null], [null, row(11)])).not.toBeNull();
  });

  test("shows rows whose order changed: within, out of, and into it", () => {
    expect(step([row(10), row(10, 21)])).toMatchObject({ inside: [20, 10], update: [10], leave: [] });
    expect(step([row(10), row(10, 35)])).toMatchObject({ inside: [20, 30], enter: [30], leave: ["10"] });
    expect(step([row(40), row(40, 5)])).toMatchObject({ inside: [40, 10], enter: [40], leave: ["20"] });
    expect(step([row(77), row(77, 5)])).toMatchObject({ inside: [77, 10], enter: [77], leave: ["20"] });
  });

  test("loses a row that goes behind all that is known", () => {
    expect(step([row(20), row(20, 50)])).toMatchObject({ inside: [10, 30], enter: [30], leave: ["20"] });
  });

  test("breaks ties by key, and places NULL as the database does", () => {
    const rows = [row(1, null), row(3, 7), row(4, 7)];
    const up = shapeOf(2, 1);
    const tie = stepWindow(up, openWindow(up, rows), [{ before: null, after: row(2, 7) }]);
    expect(ids(insideOf(up, tie?.next ?? { known: [], isComplete: true }))).toEqual([1, 2]);
    const down = shapeOf(2, 2, "desc");
    const opened = openWindow(down, [row(3, 7), row(4, 7), row(1, null)]);
    const next = stepWindow(down, opened, [{ before: row(1, null), after: row(1, 9) }]);
    expect(next?.enter).toEqual([row(1, 9)]);
    expect(next?.leave).toEqual(["4"]);
  });

  test("knows that nothing is behind a list that is shorter than what it asked for", () => {
    const shape = shapeOf(2, 2);
    const emptied = stepWindow(shape, openWindow(shape, [row(1), row(2), row(3)]), [
      { before: row(1), after: null },
      { before: row(2), after: null },
    ]);
    expect(emptied?.enter).toEqual([row(3)]);
    expect(hasMore(shape, emptied?.next ?? { known: [], isComplete: false })).toBe(false);
    const empty = stepWindow(shape, openWindow(shape, []), [{ before: null, after: row(1) }]);
    expect(empty?.enter).toEqual([row(1)]);
  });

  test("does not grow without bounds", () => {
    const shape = shapeOf(2, 2);
    let window = openWindow(shape, []);
    for (let id = 100; id > 0; id--) {
      window = stepWindow(shape, window, [{ before: null, after: row(id) }])?.next ?? window;
      expect(window.known.length).toBeLessThanOrEqual(6);
    }
    expect(ids(insideOf(shape, window))).toEqual([1, 2]);
    expect(window.isComplete).toBe(false);
  });

  test("has a look-ahead of half its rows, within bounds", () => {
    expect([1, 50, 1000].map(lookAhead)).toEqual([10, 25, 100]);
  });
});
