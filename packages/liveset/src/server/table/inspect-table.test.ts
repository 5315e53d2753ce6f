import { sql } from "drizzle-orm";
import { int, mysqlTable } from "drizzle-orm/mysql-core";
import {
  blob,
  customType,
  integer,
  numeric,
  primaryKey,
  real,
  sqliteTable,
  text,
} from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { LivesetError } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import { inspectTable } from "./inspect-table.ts";

const custom = customType<{ data: string }>({ dataType: () => "uuid" });

const table = sqliteTable("things", {
  id: integer().primaryKey(),
  listId: integer("list_id").notNull(),
  text: text().default("x"),
  real: real(),
  done: integer({ mode: "boolean" }).notNull(),
  at: integer({ mode: "timestamp_ms" }),
  json: text({ mode: "json" }),
  bytes: blob({ mode: "buffer" }),
  big: blob({ mode: "bigint" }),
  decimal: numeric(),
  number: numeric({ mode: "number" }),
  custom: custom(),
  twice: integer().generatedAlwaysAs(sql`list_id * 2`),
});

test("Columns are known by property name, with kind, name in the database and what the database fills in", () => {
  const info = inspectTable(table);
  const kinds = Object.fromEntries([...info.columns].map(([name, { kind }]) => [name, kind]));
  expect(kinds).toEqual({
    id: "integer",
    listId: "integer",
    text: "text",
    real: "real",
    done: "boolean",
    at: "date",
    json: "json",
    bytes: "blob",
    big: "bigint",
    decimal: "opaque",
    number: "real",
    custom: "opaque",
    twice: "integer",
  });
  const { sqlName, nullable, hasDefault } = info.columns.get("listId") ?? {};
  expect({ name: info.name, key: info.key, sqlName, nullable, hasDefault }).toEqual({
    name: "things",
    key: ["id"],
    sqlName: "list_id",
    nullable: false,
    hasDefault: false,
  });
  expect([
    info.columns.get("text")?.hasDefault,
    info.columns.get("twice")?.generated,
    info.columns.get("id")?.generated,
  ]).toEqual([true, true, false]);
});

test("A composite key is in the order of the table's columns", () => {
  const places = sqliteTable("places", { x: text(), y: integer(), z: integer() }, (t) => [
    primaryKey({ columns: [t.z, t.x] }),
  ]);
  expect(inspectTable(places).key).toEqual(["x", "z"]);
});

test("What liveset cannot serve is refused, with the reason", () => {
  expect(() => inspectTable(sqliteTable("keyless", { a: text() }))).toThrow(
    'The table "keyless" has no primary key',
  );
  expect(() => inspectTable(sqliteTable("odd", { a: text({ mode: "json" }).primaryKey() }))).toThrow(
    '"a" of the table "odd" is JSON',
  );
  expect(() => inspectTable(sqliteTable("odd", { a: custom().primaryKey() }))).toThrow(
    "is a custom type (uuid)",
  );
  expect(() => inspectTable(mysqlTable("my", { id: int().primaryKey() }))).toThrow("sqliteTable");
});

test("A row goes to the wire and back", () => {
  const { toWire, fromWire } = inspectTable(table);
  const model = {
    id: 1,
    listId: 2,
    text: "é",
    real: 0.5,
    done: true,
    at: new Date("2026-01-02T03:04:05.678Z"),
    json: { a: [1, null] },
    bytes: Buffer.from([0, 255]),
    big: 2n ** 70n,
    decimal: "1.10",
    number: 3,
    custom: "c",
    twice: null,
  };
  const row = toWire(model);
  expect(row).toEqual({
    ...model,
    at: "2026-01-02T03:04:05.678Z",
    bytes: "AP8=",
    big: "1180591620717411303424",
  });
  expect(fromWire(row)).toEqual(model);
  expect(Buffer.isBuffer(fromWire(row).bytes)).toBe(true);
});

test.each<[string, Json]>([
  ["id", 1.5],
  ["id", "1"],
  ["id", 2 ** 53],
  ["id", true],
  ["text", 1],
  ["real", "1"],
  ["done", 1],
  ["at", "yesterday"],
  ["at", "2026-02-30T00:00:00Z"],
  ["at", "2026-01-01T00:00:00"],
  ["at", 0],
  ["big", 1],
  ["big", "1.5"],
  ["bytes", "a"],
  ["bytes", "####"],
])("%s does not take %j from the wire", (name, value) => {
  const column = inspectTable(table).columns.get(name);
  let thrown: unknown;
  try {
    column?.fromWire(value);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(LivesetError);
  expect((thrown as LivesetError).errors).toMatchObject([{ path: [], code: "invalid_type" }]);
});
