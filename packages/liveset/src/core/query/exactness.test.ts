import { expect, test } from "vitest";
import { columnKinds } from "./column-kind.ts";
import { isExact } from "./exactness.ts";
import { lookups } from "./lookup.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";

test("on SQLite memory is exact for all that a kind allows, and for nothing else", () => {
  for (const kind of columnKinds) {
    expect(lookups.filter((lookup) => isExact(lookup, kind, "sqlite"))).toEqual([...lookupsOfKind(kind)]);
  }
});

test("on PostgreSQL numbers that are not whole are left to the database", () => {
  expect(isExact("gt", "date", "postgres")).toBe(true);
  expect(isExact("exact", "real", "postgres")).toBe(false);
  expect(isExact("isnull", "date", "postgres")).toBe(true);
  expect(isExact("icontains", "text", "postgres")).toBe(true);
});

test("only text has the lookups of text, and what has no order has none", () => {
  expect(columnKinds.filter((kind) => lookupsOfKind(kind).has("icontains"))).toEqual(["text"]);
  expect(columnKinds.filter((kind) => lookupsOfKind(kind).has("lt"))).toEqual([
    "text",
    "integer",
    "real",
    "date",
  ]);
  expect([...lookupsOfKind("json")]).toEqual(["isnull"]);
  expect([...lookupsOfKind("opaque")]).toEqual([]);
});
