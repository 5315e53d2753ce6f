import { type SQL, sql } from "drizzle-orm";
import { nullsOf, type Order } from "../../core/query/order.ts";
import type { TableInfo } from "../table/table-info.ts";
import { comparable, type SqlDialect } from "./print-comparison.ts";

/**
 * The terms of an ORDER BY that sorts as `compareRows` does: text by code point whatever collation a column declares, NULL
 * where the term says on every database.
 *
 * @throws TypeError for a column that the table does not have.
 */
export function printOrder(order: Order, info: TableInfo, dialect: SqlDialect): SQL[] {
  return order.map((asked) => {
    const { column: name, direction, nulls } = asked;
    const column = info.columns.get(name);
    if (column === undefined) throw new TypeError(`The table "${info.name}" has no column "${name}".`);
    const term =
      direction === "asc"
        ? sql`${comparable(column, dialect)} asc`
        : sql`${comparable(column, dialect)} desc`;
    // What is not said leaves the database free to use an index: where there is no NULL, and where SQLite sorts so by itself.
    if (!column.nullable || (dialect === "sqlite" && nulls === undefined)) return term;
    return nullsOf(asked) === "first" ? sql`${term} nulls first` : sql`${term} nulls last`;
  });
}
