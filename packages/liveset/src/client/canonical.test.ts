import { expect, test } from "vitest";
import { canonicalTarget } from "./canonical.ts";

const text = (query: Parameters<typeof canonicalTarget>[0]["query"], params = {}) =>
  canonicalTarget({ resource: "tasks", action: "list", query: query ?? {}, params });

test("the order of keys in a filter and of parameters does not matter", () => {
  expect(text({ where: { a: 1, b: { lt: 2, gt: 1 } } }, { x: 1, y: 2 })).toBe(
    text({ where: { b: { gt: 1, lt: 2 }, a: 1 } }, { y: 2, x: 1 }),
  );
  expect(text({ where: { a: 1, b: undefined as never } })).toBe(text({ where: { a: 1 } }));
});

test("where NULL stands by itself need not be said", () => {
  const one = text({ orderBy: { a: "asc", b: "desc" } });
  expect(
    text({ orderBy: { a: { direction: "asc", nulls: "first" }, b: { nulls: "last", direction: "desc" } } }),
  ).toBe(one);
  expect(text({ orderBy: { a: { direction: "asc", nulls: "last" }, b: "desc" } })).not.toBe(one);
  expect(text({ orderBy: { a: "up" } })).not.toBe(text({ orderBy: { a: "down" } }));
});

test("in what order and how often fields are named does not matter", () => {
  expect(text({ fields: ["b", "a", "b"] })).toBe(text({ fields: ["a", "b"] }));
});

test("nested queries are one query by the same rules, however deep", () => {
  expect(
    text({
      with: {
        a: { where: { x: 1, y: 2 }, fields: ["f", "e"], with: { d: true, c: { orderBy: { k: "asc" } } } },
        b: true,
        e: undefined as never,
      },
    }),
  ).toBe(
    text({
      with: {
        b: true,
        a: {
          with: { c: { orderBy: { k: { direction: "asc", nulls: "first" } } }, d: true },
          fields: ["e", "f", "e"],
          where: { y: 2, x: 1 },
        },
      },
    }),
  );
});

test("an absent part is an empty one", () => {
  expect(canonicalTarget({ resource: "tasks", action: "list" })).toBe(text({ where: {}, orderBy: {} }));
});

test.each([
  [{ orderBy: { a: "asc", b: "asc" } }, { orderBy: { b: "asc", a: "asc" } }],
  [{ where: { a: 1 } }, { where: { a: "1" } }],
  [{ where: { a: null } }, { where: {} }],
  [{ where: { a: ["x"] } }, { where: { a: "x" } }],
  [{ where: { a: { b: 1 } } }, { where: { a: [["b", 1]] } }],
  [{ where: { OR: [{ a: 1 }, { b: 1 }] } }, { where: { OR: [{ b: 1 }, { a: 1 }] } }],
  [{ where: { a: '","' } }, { where: { a: "," } }],
  [{ search: "a" }, { search: "b" }],
  [{ fields: [] }, {}],
  [{ fields: ["a", "b"] }, { fields: ["a,b"] }],
  [{ with: { a: true } }, { with: { a: false } }],
  [{ with: { a: false } }, {}],
  [{ with: { a: { limit: 1 } } }, { with: { a: { limit: 2 } } }],
  [
    { with: { a: { orderBy: { x: "asc", y: "asc" } } } },
    { with: { a: { orderBy: { y: "asc", x: "asc" } } } },
  ],
  [{ with: { a: { with: { b: true } } } }, { with: { a: true, b: true } }],
  [{ with: { a: [] } }, { with: { a: {} } }],
] as const)("%j and %j are different queries", (a, b) => {
  expect(text(a)).not.toBe(text(b));
});

test("one row and another, and the row and the list, are different queries", () => {
  const one = (key: string | number) => canonicalTarget({ resource: "tasks", action: "retrieve", key });
  expect(new Set([one(1), one("1"), one(2), text({})]).size).toBe(4);
});
