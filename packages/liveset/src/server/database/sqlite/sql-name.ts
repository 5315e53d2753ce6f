import { toCamelCase, toSnakeCase } from "drizzle-orm/casing";
import type { TableColumn } from "../../table/table-info.ts";

/** Drizzle's casing of names that are not given. */
export type Casing = "snake_case" | "camelCase" | undefined;

/** A column's name in the database, under Drizzle's casing. */
export function sqlNameOf({ drizzle }: TableColumn, casing: Casing): string {
  if (!drizzle.keyAsName || casing === undefined) return drizzle.name;
  return casing === "snake_case" ? toSnakeCase(drizzle.name) : toCamelCase(drizzle.name);
}

/** A name in double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
