import { describe, expect, test } from "vitest";
import { columnsFrom } from "./columns.fixture.ts";
import { compilePredicate } from "./evaluate.ts";
import type { Predicate } from "./predicate.ts";

const columns = columnsFrom({ done: "boolean?", text: "text?" });
const unknown: Predicate = { op: "compare", column: "done", lookup: "exact", value: true };
const yes: Predicate = { op: "true" };
const no: Predicate = { op: "false" };
const not = (of: Predicate): Predicate => ({ op: "not", of });
const selects = (predicate: Predicate) => compilePredicate(predicate, columns)({ done: null, text: null });

describe("three-valued logic: what is unknown is not selected, nor is its opposite", () => {
  test.each<[string, Predicate, selected: boolean, opposite: boolean]>([
    ["unknown", unknown, false, false],
    ["unknown AND true", { op: "and", of: [unknown, yes] }, false, false],
    ["unknown AND false", { op: "and", of: [unknown, no] }, false, true],
    ["unknown OR true", { op: "or", of: [unknown, yes] }, true, false],
    ["unknown OR false", { op: "or", of: [unknown, no] }, false, false],
    ["empty AND", { op: "and", of: [] }, true, false],
    ["empty OR", { op: "or", of: [] }, false, true],
    ["NULL IN ()", { op: "compare", column: "text", lookup: "in", value: [] }, false, true],
    ["NULL IN (a)", { op: "compare", column: "text", lookup: "in", value: ["a"] }, false, false],
    [
      "NULL begins with nothing",
      { op: "compare", column: "text", lookup: "startswith", value: "" },
      false,
      false,
    ],
    ["NULL is null", { op: "compare", column: "text", lookup: "isnull", value: true }, true, false],
  ])("%s", (_title, predicate, selected, opposite) => {
    expect([selects(predicate), selects(not(predicate))]).toEqual([selected, opposite]);
  });
});

test("a column that a row lacks is NULL", () => {
  const predicate: Predicate = { op: "compare", column: "text", lookup: "isnull", value: true };
  expect(compilePredicate(predicate, columns)({})).toBe(true);
});

test("a predicate on a column that the table does not have is refused when it is compiled", () => {
  const predicate: Predicate = { op: "compare", column: "constructor", lookup: "exact", value: 1 };
  expect(() => compilePredicate(predicate, columns)).toThrow('"constructor"');
});
