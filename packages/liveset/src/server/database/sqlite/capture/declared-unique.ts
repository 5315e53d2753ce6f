import type { Table } from "drizzle-orm";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { TableInfo } from "../../../table/table-info.ts";
import { type Casing, sqlNameOf } from "../sql-name.ts";
import type { UniqueColumns } from "./capture-table.ts";

/** What is unique by declaration: the key, unique columns, constraints and indexes. The database may have more. */
export function declaredUnique(info: TableInfo, casing: Casing): UniqueColumns[] {
  const { uniqueConstraints, indexes } = configOf(info.table);
  const names = new Map(
    [...info.columns.values()].map((column) => [column.drizzle.name, sqlNameOf(column, casing)]),
  );
  const unique = (columns: readonly { readonly name: string }[], partial = false): UniqueColumns => ({
    columns: columns.map(({ name }) => ({ name: names.get(name) ?? name, collation: "BINARY" })),
    partial,
  });
  const key = info.key.flatMap((name) => info.columns.get(name)?.drizzle ?? []);
  const single = [...info.columns.values()].filter(({ drizzle }) => drizzle.isUnique);
  const indexed = indexes.flatMap(({ config }) => {
    const columns = config.columns.filter((column) => is(column, SQLiteColumn));
    // One on an expression is not seen, as in the database.
    return config.unique && columns.length === config.columns.length
      ? [unique(columns, config.where !== undefined)]
      : [];
  });
  return [
    unique(key),
    ...single.map(({ drizzle }) => unique([drizzle])),
    ...uniqueConstraints.map(({ columns }) => unique(columns)),
    ...indexed,
  ];
}

function configOf(table: Table) {
  if (!is(table, SQLiteTable)) throw new TypeError("Expected a Drizzle table made by sqliteTable(…).");
  return getTableConfig(table);
}
