import { type Column, type SQL, sql } from "drizzle-orm";

/**
 * A column as SQL: of a column itself, Drizzle does not see that its table is part of the query. Nested, because Drizzle takes what
 * is selected from one piece of SQL for one table's, and leaves out whose a column is that stands at the outermost level.
 */
export function columnSql(column: Column): SQL {
  return sql`${sql`${column}`}`.mapWith(column);
}
