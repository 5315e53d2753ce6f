import type { Column as DrizzleColumn } from "drizzle-orm";
import type { ColumnKind } from "../../core/query/column-kind.ts";

/** Numbers that are whole in the database. */
const whole: ReadonlySet<string> = new Set([
  "SQLiteInteger",
  "PgInteger",
  "PgSmallInt",
  "PgBigInt53",
  "PgSerial",
  "PgSmallSerial",
  "PgBigSerial53",
]);

/**
 * The kind of a Drizzle column. `numeric()` in its text mode is opaque: its decimals are compared as numbers by the database and
 * would be compared as text in memory. A custom type is opaque too, but for PostgreSQL's `bytea`, which has no other way to be
 * declared.
 */
export function columnKindOf(column: DrizzleColumn): ColumnKind {
  const { dataType, columnType } = column;
  switch (dataType) {
    case "string":
      return columnType === "SQLiteNumeric" || columnType === "PgNumeric" ? "opaque" : "text";
    case "number":
      return whole.has(columnType) ? "integer" : "real";
    case "boolean":
    case "bigint":
    case "date":
      return dataType;
    case "json":
      // Points and lines have two or three columns' worth of numbers, and no null of their own.
      return columnType.startsWith("Pg") && !columnType.startsWith("PgJson") ? "opaque" : "json";
    case "buffer":
      return "blob";
    case "custom":
      return column.getSQLType() === "bytea" ? "blob" : "opaque";
    default:
      return "opaque";
  }
}
