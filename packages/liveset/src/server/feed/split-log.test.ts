import { expect, test } from "vitest";
import type { LogRow } from "./log-row.ts";
import { splitLog } from "./split-log.ts";

function row(seq: number, op: string, before: string | null = null, after: string | null = null): LogRow {
  return { seq, layout: op === "m" ? 0 : 1, op, before, after, at: seq };
}

function shape(rows: readonly LogRow[]): unknown {
  return splitLog(rows).map(({ last, rows: own, mutations }) => [
    last.seq,
    own.map(({ seq }) => seq),
    mutations,
  ]);
}

test("A marker ends a server's transaction and parts it from what others committed before", () => {
  const rows = [
    row(1, "i"),
    row(2, "i"),
    row(3, "u"),
    row(4, "u"),
    row(5, "m", "2", '["a","b"]'),
    row(6, "d"),
  ];
  expect(shape(rows)).toEqual([
    [2, [1, 2], []],
    [5, [3, 4], ["a", "b"]],
    [6, [6], []],
  ]);
});

test("Transactions that follow each other stay apart, one without rows too", () => {
  const rows = [row(1, "i"), row(2, "m", "0"), row(3, "i"), row(4, "m", "2"), row(5, "m", "4", '["x"]')];
  expect(shape(rows)).toEqual([
    [2, [1], []],
    [4, [3], []],
    [5, [], ["x"]],
  ]);
});

test("Nothing gives nothing", () => {
  expect(shape([])).toEqual([]);
});
