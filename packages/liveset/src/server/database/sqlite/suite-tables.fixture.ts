import { blob, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SuiteTables } from "../../../testing/database-suite.ts";

const people = sqliteTable("people", {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  age: integer(),
});

const pets = sqliteTable("pets", {
  id: integer().primaryKey(),
  ownerId: integer("owner_id")
    .notNull()
    .references(() => people.id, { onDelete: "cascade" }),
  name: text(),
});

const places = sqliteTable("places", { x: text(), y: integer(), label: text() }, (table) => [
  primaryKey({ columns: [table.x, table.y] }),
]);

const kinds = sqliteTable("kinds", {
  id: text().primaryKey(),
  integer: integer(),
  real: real(),
  boolean: integer({ mode: "boolean" }),
  bigint: blob({ mode: "bigint" }),
  date: integer({ mode: "timestamp_ms" }),
  json: text({ mode: "json" }),
  blob: blob({ mode: "buffer" }),
});

/** The suite's tables for Drizzle. */
export const suiteTables: SuiteTables = { people, pets, places, kinds };

/** The suite's tables as SQL. */
export const suiteSql = `
  CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER CHECK (age >= 0));
  CREATE TABLE pets (id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES people ON DELETE CASCADE, name TEXT);
  CREATE TABLE places (x TEXT, y INTEGER, label TEXT, PRIMARY KEY (x, y));
  CREATE TABLE kinds (id TEXT PRIMARY KEY, "integer" INTEGER, "real" REAL, "boolean" INTEGER, "bigint" BLOB, date INTEGER, json TEXT, blob BLOB);
`;
