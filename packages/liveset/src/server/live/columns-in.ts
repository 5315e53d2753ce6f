import type { WireRow } from "../../core/json.ts";

/** Some columns of a row, null where it has none of the name. */
export function columnsIn(row: WireRow, columns: readonly string[]): WireRow {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}
