import { expect, test } from "vitest";
import type { Order } from "./order.ts";
import { parseOrder } from "./parse-order.ts";

const sortable = new Set(["text", "done", "id"]);
const fallback: Order = [{ column: "done", direction: "desc" }];
const parse = (orderBy: Record<string, unknown> | undefined, key = ["id"]) =>
  parseOrder(orderBy, sortable, fallback, key).map(({ column, direction, nulls }) =>
    nulls === undefined ? `${column} ${direction}` : `${column} ${direction} nulls ${nulls}`,
  );

test("the key breaks ties, once, in its own order", () => {
  expect(parse({ text: "desc", done: "asc" })).toEqual(["text desc", "done asc", "id asc"]);
  expect(parse({ id: "desc" })).toEqual(["id desc"]);
  expect(parse({ text: "asc", b: undefined }, ["a", "text", "b"])).toEqual(["text asc", "a asc", "b asc"]);
});

test("nothing asked for is the fallback", () => {
  for (const orderBy of [undefined, {}, { text: undefined }])
    expect(parse(orderBy)).toEqual(["done desc", "id asc"]);
});

test("where NULL stands is kept where it does not stand there by itself", () => {
  expect(
    parse({ text: { direction: "asc", nulls: "last" }, done: { direction: "desc", nulls: "first" } }),
  ).toEqual(["text asc nulls last", "done desc nulls first", "id asc"]);
  expect(
    parse({ text: { direction: "asc", nulls: "first" }, done: { direction: "desc", nulls: "last" } }),
  ).toEqual(["text asc", "done desc", "id asc"]);
  expect(parse({ text: { direction: "desc", nulls: undefined }, id: { direction: "asc" } })).toEqual([
    "text desc",
    "id asc",
  ]);
});

test("an undeclared field or another direction is refused with its path", () => {
  const path = (orderBy: Record<string, unknown>) => {
    try {
      return parse(orderBy);
    } catch (fault) {
      return (fault as { errors: { path: unknown; code: string; message: string }[] }).errors[0];
    }
  };
  expect(path({ secret: "asc" })).toEqual({
    path: ["orderBy", "secret"],
    code: "not_declared",
    message: "secret is not sortable: sortable is text, done, id.",
  });
  expect(path({ constructor: "asc" })).toMatchObject({ path: ["orderBy", "constructor"] });
  for (const direction of ["ASC", 1, null, ["asc"]]) {
    expect(path({ text: direction })).toMatchObject({ path: ["orderBy", "text"], code: "invalid_value" });
  }
  for (const value of [{}, { nulls: "first" }, { direction: "up", nulls: "last" }]) {
    expect(path({ text: value })).toEqual({
      path: ["orderBy", "text", "direction"],
      code: "invalid_value",
      message: 'The direction of text must be "asc" or "desc".',
    });
  }
  for (const nulls of ["FIRST", null, true, ["last"]]) {
    expect(path({ text: { direction: "asc", nulls } })).toEqual({
      path: ["orderBy", "text", "nulls"],
      code: "invalid_value",
      message: 'The nulls of text must be "first" or "last".',
    });
  }
  expect(path({ text: { direction: "asc", null: "last" } })).toMatchObject({
    path: ["orderBy", "text", "null"],
    code: "not_declared",
  });
});
