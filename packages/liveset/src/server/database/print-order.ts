import { type SQL, sql } from "drizzle-orm";
import type { Order } from "../../core/query/order.ts";
import type { TableInfo } from "../table/table-info.ts";
import { comparable, type SqlDialect } from "./print-comparison.ts";

/**
 * The terms of an ORDER BY that sorts as `compareRows` does: text by code point whatever collation a column declares, NULL
 * first when ascending and last when descending.
 *
 * @throws TypeError for a column that the table does not have.
 */
export function printOrder(order: Order, info: TableInfo, dialect: SqlDialect): SQL[] {
  return order.map(({ column: name, direction }) => {
    const column = info.columns.get(name);
    if (column === undefined) throw new TypeError(`The table "${info.name}" has no column "${name}".`);
    const term =
      direction === "asc"
        ? sql`${comparable(column, dialect)} asc`
        : sql`${comparable(column, dialect)} desc`;
    if (dialect === "sqlite") return term;
    return direction === "asc" ? sql`${term} nulls first` : sql`${term} nulls last`;
  });
}
