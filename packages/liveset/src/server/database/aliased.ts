import { aliasedTableColumn } from "drizzle-orm";
import type { TableInfo } from "../table/table-info.ts";

/** A table under another name in a query. Its relations lead where they did. */
export function aliased(info: TableInfo, alias: string): TableInfo {
  const columns = [...info.columns].map(
    ([name, column]) => [name, { ...column, drizzle: aliasedTableColumn(column.drizzle, alias) }] as const,
  );
  return { ...info, columns: new Map(columns) };
}
