import { expect, test } from "vitest";
import { expandLines } from "./expand-lines.ts";

test("alternatives come round by round", () => {
  expect(expandLines(["Buy {milk|bread|figs}", "Call Tom", "{Mop|Hoover} the hall"])).toEqual([
    "Buy milk",
    "Call Tom",
    "Mop the hall",
    "Buy bread",
    "Hoover the hall",
    "Buy figs",
  ]);
});
