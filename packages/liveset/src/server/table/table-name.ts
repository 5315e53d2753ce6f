import { getTableName, is, type Table } from "drizzle-orm";

import { getTableConfig, PgTable } from "drizzle-orm/pg-core";

/** A table's name in `TableInfo` and in changes: its name in the database, after its schema's where that is not PostgreSQL's `public`. */
export function tableName(table: Table): string {
  const schema = is(table, PgTable) ? getTableConfig(table).schema : undefined;
  return schema === undefined ? getTableName(table) : `${schema}.${getTableName(table)}`;
}
