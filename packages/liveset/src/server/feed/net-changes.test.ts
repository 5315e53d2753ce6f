import { expect, test } from "vitest";
import { netChanges } from "./net-changes.ts";

/** `i:a1` inserts a1, `u:a1:a2` updates, `d:a1` deletes; the key is the first letter. */
function net(...log: readonly string[]): string[] {
  const rows = log.map((text, seq) => {
    const [op = "", first = null, second = null] = text.split(":");
    const [before, after] = op === "i" ? [null, first] : [first, second];
    return { seq, layout: 1, op, before, after, at: 0 };
  });
  return netChanges(rows, (_layout, image) => image[0] ?? "").map(
    ({ before, after }) => `${before ?? ""}>${after ?? ""}`,
  );
}

test("Each row has one change, from its first state to its last, in the order of appearance", () => {
  expect(net("i:a1", "u:b1:b2", "u:a1:a2", "u:b2:b3", "d:c1")).toEqual([">a2", "b1>b3", "c1>"]);
});

test("What comes and goes, or returns to what it was, is no change", () => {
  expect(net("i:a1", "d:a1", "u:b1:b2", "u:b2:b1", "d:c1", "i:c1")).toEqual([]);
});

test("A row that is deleted and inserted again is an update", () => {
  expect(net("d:a1", "i:a2")).toEqual(["a1>a2"]);
});

test("A changed key is a delete and an insert; back again it is an update or nothing", () => {
  expect(net("u:a1:b1")).toEqual(["a1>", ">b1"]);
  expect(net("u:a1:b1", "u:b1:a2")).toEqual(["a1>a2"]);
  expect(net("u:a1:b1", "u:b1:a1")).toEqual([]);
});

test("A change that was logged before the one that caused it comes after it all the same", () => {
  expect(net("u:a1:a2", "i:a1")).toEqual([">a2"]);
  expect(net("u:b1:b2", "u:a1:b1")).toEqual([">b2", "a1>"]);
  expect(net("u:a2:a3", "u:a1:a2")).toEqual(["a1>a3"]);
});

test("Rows of an unknown layout are left out", () => {
  const row = { seq: 1, layout: 9, op: "i", before: null, after: "x", at: 0 };
  expect(netChanges([row], () => null)).toEqual([]);
});
