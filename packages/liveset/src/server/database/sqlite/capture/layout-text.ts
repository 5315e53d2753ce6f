import type { TableInfo } from "../../../table/table-info.ts";
import { type Casing, sqlNameOf } from "../sql-name.ts";

/** What the log's rows of a table mean, as text: another text makes the log begin anew. */
export function layoutText(info: TableInfo, casing: Casing): string {
  const columns = [...info.columns.values()].map((column) => {
    const mode = "mode" in column.drizzle ? String(column.drizzle.mode) : "";
    return [column.name, sqlNameOf(column, casing), column.drizzle.columnType, mode];
  });
  return JSON.stringify({ columns, key: info.key });
}
