import { IR } from "@tanstack/db";
import { describe, expect, test } from "vitest";
import { subsetQuery } from "./subset-query.ts";
import { type Translation, translateWhere } from "./translate-where.ts";

const field = (...path: string[]): IR.PropRef => new IR.PropRef(path);
const value = (of: unknown): IR.Value => new IR.Value(of);
const call = (name: string, ...args: IR.BasicExpression[]): IR.Func<boolean> => new IR.Func(name, args);
const exactly = (where: unknown): Translation => ({ where, isExact: true }) as Translation;
const more = (where: unknown): Translation => ({ where, isExact: false }) as Translation;

const a = field("a");
const a1 = call("eq", a, value(1));
const opaque = call("eq", call("upper", a), value("X"));

describe("a condition becomes a where of ours", () => {
  test.each<[string, IR.BasicExpression<boolean> | undefined, Translation]>([
    ["none", undefined, exactly(null)],
    ["an equality", a1, exactly({ a: 1 })],
    ["a comparison", call("gte", a, value(2)), exactly({ a: { gte: 2 } })],
    ["one that is turned around", call("lt", value(2), a), exactly({ a: { gt: 2 } })],
    ["a list", call("in", a, value([1, null, 2])), exactly({ a: { in: [1, 2] } })],
    ["no value", call("isNull", a), exactly({ a: { isnull: true } })],
    ["AND, flat", call("and", a1, call("and", a1, a1)), exactly({ AND: [{ a: 1 }, { a: 1 }, { a: 1 }] })],
    ["OR", call("or", a1, call("isNull", a)), exactly({ OR: [{ a: 1 }, { a: { isnull: true } }] })],
    ["NOT", call("not", a1), exactly({ NOT: { a: 1 } })],
    ["the beginning of text", call("like", a, value("x%")), exactly({ a: { startswith: "x" } })],
    ["a part of text", call("like", a, value("%x%")), exactly({ a: { contains: "x" } })],
    ["the end of text", call("like", a, value("%x")), exactly({ a: { endswith: "x" } })],
    [
      "a moment",
      call("gt", a, value("2026-01-02T03:04:05.000Z")),
      exactly({ a: { gt: "2026-01-02T03:04:05.000Z" } }),
    ],
  ])("%s", (_, expression, expected) => {
    expect(translateWhere(expression)).toEqual(expected);
  });
});

describe("what has no counterpart selects more, and never less", () => {
  test.each<[string, IR.BasicExpression<boolean>, Translation]>([
    ["a function", opaque, more(null)],
    ["a function beside a condition", call("and", a1, opaque), more({ a: 1 })],
    ["a function instead of a condition", call("or", a1, opaque), more(null)],
    ["the opposite of more", call("not", call("and", a1, opaque)), more(null)],
    ["two fields", call("eq", a, field("b")), more(null)],
    ["two values", call("eq", value(1), value(1)), more(null)],
    ["a field itself", a as never, more(null)],
    ["a part of a field", call("eq", field("a", "b"), value(1)), more(null)],
    ["what TanStack DB adds to rows", call("eq", field("$synced"), value(true)), more(null)],
    ["nothing to be equal to", call("eq", a, value(null)), more(null)],
    ["an object", call("eq", a, value(new Date(0))), more(null)],
    ["no number", call("gt", a, value(Number.NaN)), more(null)],
    ["an order of truths", call("gt", a, value(false)), more(null)],
    ["digits, which may be a number there", call("gt", a, value("10")), more(null)],
    ["a moment in other words", call("gt", a, value("2026-01-02T03:04:05Z")), more(null)],
    ["text beyond what both order alike", call("gt", a, value("\u{1F600}")), more(null)],
    ["a list that is too long", call("in", a, value(Array.from({ length: 257 }, (_, i) => i))), more(null)],
    ["an empty list, which null is not in there", call("in", a, value([])), more({ a: { in: [] } })],
    [
      "a pattern with holes",
      call("like", a, value("x_y%z")),
      more({
        AND: [{ a: { startswith: "x" } }, { a: { contains: "y" } }, { a: { endswith: "z" } }],
      }),
    ],
    [
      "any case",
      call("ilike", a, value("x%y")),
      more({ AND: [{ a: { istartswith: "x" } }, { a: { icontains: "y" } }] }),
    ],
    ["any case beyond ASCII", call("ilike", a, value("%é%")), more(null)],
    ["digits that may be written otherwise", call("eq", a, value("1.0")), more({ a: "1.0" })],
    ["and so their opposite", call("not", call("eq", a, value("1.0"))), more(null)],
  ])("%s", (_, expression, expected) => {
    expect(translateWhere(expression)).toEqual(expected);
  });
});

describe("a limit is kept only where the first rows are the same on both sides", () => {
  const by = (expression: IR.BasicExpression, stringSort: "lexical" | "locale"): IR.OrderBy => [
    { expression, compareOptions: { direction: "asc", nulls: "last", stringSort } },
  ];
  const orderBy = { a: { direction: "asc", nulls: "last" } };

  test.each<[string, Parameters<typeof subsetQuery>[0], unknown]>([
    [
      "an order and an exact condition",
      { where: a1, orderBy: by(a, "lexical"), limit: 5 },
      { where: { a: 1 }, orderBy, limit: 5 },
    ],
    ["a page", { orderBy: by(a, "lexical"), limit: 5, offset: 10 }, { orderBy, limit: 15 }],
    ["no limit", { orderBy: by(a, "lexical") }, {}],
    ["no order", { where: a1, limit: 5 }, { where: { a: 1 } }],
    ["a condition that selects more", { where: opaque, orderBy: by(a, "lexical"), limit: 5 }, {}],
    ["a language's order", { orderBy: by(a, "locale"), limit: 5 }, {}],
    ["the order of a function's results", { orderBy: by(call("upper", a), "lexical"), limit: 5 }, {}],
  ])("%s", (_, options, expected) => {
    expect(subsetQuery(options)).toEqual(expected);
  });
});
