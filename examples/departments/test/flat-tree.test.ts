import { expect, test } from "vitest";
import { placeAt, rowAt, rowCount } from "../page/tree/flat-tree.ts";
import { keyToMove } from "../page/tree/key-to-move.ts";

const shown = [0, 3, 0, 2];

test("each row is a branch or one of its children, and the way back leads to the same row", () => {
  expect(rowCount(shown)).toBe(9);
  expect([0, 1, 2, 4, 5, 6, 8].map((row) => placeAt(shown, row))).toEqual([
    { branch: 0, child: -1 },
    { branch: 1, child: -1 },
    { branch: 1, child: 0 },
    { branch: 1, child: 2 },
    { branch: 2, child: -1 },
    { branch: 3, child: -1 },
    { branch: 3, child: 1 },
  ]);
  for (let row = 0; row < rowCount(shown); row++) {
    const place = placeAt(shown, row);
    expect(place && rowAt(shown, place)).toBe(row);
  }
});

test.each([-1, 9, 100])("there is no row %i", (row) => {
  expect(placeAt(shown, row)).toBeNull();
  expect(placeAt([], 0)).toBeNull();
});

test("keys move by rows and pages, others not at all", () => {
  const of = { total: 100, page: 10 };
  expect(
    ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"].map((key) => keyToMove(key, 50, of)),
  ).toEqual([51, 49, 60, 40, 0, 99]);
  expect(keyToMove("x", 50, of)).toBeNull();
});
