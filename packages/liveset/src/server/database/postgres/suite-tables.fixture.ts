import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { SuiteTables } from "../../../testing/database-suite.ts";

const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

const people = pgTable("people", {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
  age: integer(),
});

const pets = pgTable("pets", {
  id: integer().primaryKey(),
  ownerId: integer("owner_id")
    .notNull()
    .references(() => people.id, { onDelete: "cascade" }),
  name: text(),
});

const places = pgTable("places", { x: text(), y: integer(), label: text() }, (table) => [
  primaryKey({ columns: [table.x, table.y] }),
]);

const kinds = pgTable("kinds", {
  id: text().primaryKey(),
  integer: bigint({ mode: "number" }),
  real: doublePrecision(),
  boolean: boolean(),
  bigint: bigint({ mode: "bigint" }),
  date: timestamp({ withTimezone: true }),
  json: json(),
  blob: bytea(),
});

/** The suite's tables for Drizzle. */
export const suiteTables: SuiteTables = { people, pets, places, kinds };

/** The suite's tables as SQL. */
export const suiteSql = `
  CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL UNIQUE, age integer CHECK (age >= 0));
  CREATE TABLE pets (id integer PRIMARY KEY, owner_id integer NOT NULL REFERENCES people ON DELETE CASCADE, name text);
  CREATE TABLE places (x text, y integer, label text, PRIMARY KEY (x, y));
  CREATE TABLE kinds (id text PRIMARY KEY, "integer" bigint, "real" double precision, "boolean" boolean, "bigint" bigint, date timestamptz, json json, blob bytea);
`;
