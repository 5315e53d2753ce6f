import { expect, test } from "vitest";
import { statementKind } from "./statement-kind.ts";

test.each([
  ["select 1", "read"],
  ["  -- a remark\n/* another; */\n\tSELECT 1", "read"],
  ["explain query plan select 1", "read"],
  ["insert into t values (1)", "write"],
  ["WITH a AS (SELECT 1) DELETE FROM t", "write"],
  ["begin", "border"],
  ["Rollback to s", "border"],
  ["pragma foreign_keys", "other"],
  ["selected", "other"],
  ["toString()", "other"],
  ["", "other"],
])("%j is of kind %s", (sql, kind) => {
  expect(statementKind(sql)).toBe(kind);
});
