import { expect, test } from "vitest";
import type { WireRow } from "../json.ts";
import { columnsFrom } from "./columns.fixture.ts";
import { compareRows } from "./compare-rows.ts";
import { type Direction, type Nulls, type Order, orderTerm } from "./order.ts";

const columns = columnsFrom({
  id: "integer",
  text: "text?",
  done: "boolean?",
  at: "date?",
  size: "integer?",
});
const ids = (order: Order, rows: readonly WireRow[]) =>
  [...rows].sort(compareRows(order, columns)).map(({ id }) => id);

test("several columns, each in its direction, NULL first ascending and last descending", () => {
  const rows = [
    { id: 1, text: "b", done: true },
    { id: 2, text: null, done: true },
    { id: 3, text: "a", done: false },
    { id: 4, text: "b", done: false },
  ];
  expect(
    ids(
      [
        { column: "text", direction: "asc" },
        { column: "done", direction: "desc" },
      ],
      rows,
    ),
  ).toEqual([2, 3, 1, 4]);
  expect(
    ids(
      [
        { column: "text", direction: "desc" },
        { column: "done", direction: "asc" },
      ],
      rows,
    ),
  ).toEqual([4, 1, 3, 2]);
});

test("NULL stands where its term says, whichever way the values go", () => {
  const rows = [
    { id: 1, text: "a" },
    { id: 2, text: null },
    { id: 3, text: "b" },
  ];
  const by = (direction: Direction, nulls: Nulls) => ids([orderTerm("text", direction, nulls)], rows);
  expect(by("asc", "first")).toEqual([2, 1, 3]);
  expect(by("asc", "last")).toEqual([1, 3, 2]);
  expect(by("desc", "first")).toEqual([2, 3, 1]);
  expect(by("desc", "last")).toEqual([3, 1, 2]);
});

test("dates are sorted as instants, also beyond four digits of a year", () => {
  const rows = [
    { id: 1, at: "+010000-01-01T00:00:00.000Z" },
    { id: 2, at: "9999-01-01T00:00:00.000Z" },
    { id: 3, at: "-000001-01-01T00:00:00.000Z" },
    { id: 4, at: "-000002-01-01T00:00:00.000Z" },
  ];
  expect(ids([{ column: "at", direction: "asc" }], rows)).toEqual([4, 3, 2, 1]);
});

test("integers beyond 2^53 are sorted by their value among the others", () => {
  const rows = [
    { id: 1, size: "9007199254740993" },
    { id: 2, size: "10000000000000000" },
    { id: 3, size: 5 },
    { id: 4, size: "9007199254740992" },
    { id: 5, size: "-9007199254740993" },
  ];
  expect(ids([{ column: "size", direction: "asc" }], rows)).toEqual([5, 3, 4, 1, 2]);
});

test("a column that is not known does not decide", () => {
  expect(compareRows([{ column: "nope", direction: "asc" }], columns)({ nope: 1 }, { nope: 2 })).toBe(0);
});
