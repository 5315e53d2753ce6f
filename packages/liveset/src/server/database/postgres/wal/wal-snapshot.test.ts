import { expect, test } from "vitest";
import { notYetVisible, parseSnapshot, seenOf } from "./wal-snapshot.ts";

test("a snapshot sees what committed below xmax and was not open", () => {
  const snapshot = parseSnapshot("10:20:10,15");
  expect([9, 10, 11, 15, 19, 20, 21].filter((xid) => snapshot.sees(xid))).toEqual([9, 11, 19]);
});

test("ids of the stream are halves: those of the turn before and after xmax are told apart", () => {
  const turn = 2n ** 32n;
  const snapshot = parseSnapshot(`${turn - 2n}:${turn + 5n}:${turn - 2n},${turn + 3n}`);
  expect([2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1, 3, 4, 5].filter((xid) => snapshot.sees(xid))).toEqual([
    2 ** 32 - 3,
    2 ** 32 - 1,
    4,
  ]);
  expect(parseSnapshot(`${turn - 1n}:${turn - 1n}:`).sees(4)).toBe(false);
});

test("P2 a snapshot has a place in the stream only where it sees the first transactions of it", () => {
  expect(seenOf(parseSnapshot("5:9:"), [])).toBe(0);
  expect(seenOf(parseSnapshot("5:9:"), [7, 8])).toBe(2);
  expect(seenOf(parseSnapshot("5:9:7"), [8, 7])).toBe(1);
  expect(seenOf(parseSnapshot("5:9:7"), [7, 8])).toBeNull();
  expect(seenOf(parseSnapshot("5:9:7"), [7, 9])).toBe(0);
});

test("P2 what the WAL has committed and a snapshot does not see yet is told apart from what is still open", () => {
  const turn = 2n ** 32n;
  // 12 was open for the WAL too; 15 and 21 were committed in it.
  expect(notYetVisible("10:22:12", "12:20:12,15")).toEqual([15, 20, 21]);
  expect(notYetVisible("10:22:12", "22:22:")).toEqual([]);
  expect(notYetVisible(`${turn}:${turn + 3n}:`, `${turn + 1n}:${turn + 3n}:${turn + 1n}`)).toEqual([1]);
});

test("another text is no snapshot", () => {
  expect(() => parseSnapshot("1:2")).toThrow('"1:2" is not a snapshot.');
});
