import type { Column as DrizzleColumn } from "drizzle-orm";
import type { ColumnKind } from "../../core/query/column-kind.ts";

/**
 * The kind of a Drizzle column. `numeric()` in its text mode is opaque: its decimals are compared as numbers by the database and
 * would be compared as text in memory.
 */
export function columnKindOf({ dataType, columnType }: DrizzleColumn): ColumnKind {
  switch (dataType) {
    case "string":
      return columnType === "SQLiteNumeric" ? "opaque" : "text";
    case "number":
      return columnType === "SQLiteInteger" ? "integer" : "real";
    case "boolean":
    case "bigint":
    case "date":
    case "json":
      return dataType;
    case "buffer":
      return "blob";
    default:
      return "opaque";
  }
}
