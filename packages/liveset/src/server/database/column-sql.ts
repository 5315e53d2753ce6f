import { type Column, type SQL, sql } from "drizzle-orm";

/** A column as SQL: of a column itself, Drizzle does not see that its table is part of the query. */
export function columnSql(column: Column): SQL {
  return sql`${column}`.mapWith(column);
}
