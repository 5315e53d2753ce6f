import { count, type SQL } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../core/json.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import { seekPredicate } from "../../core/query/seek.ts";
import type { Database } from "../database/database.ts";
import { printOrder } from "../database/print-order.ts";
import { printPredicate } from "../database/print-predicate.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";
import type { Bound } from "./bound.ts";

/** The part of a bound query that says which rows it has. */
type Asked = Pick<Bound, "resource" | "predicate" | "order" | "limit" | "offset" | "after">;

type Dialect = Database["dialect"];

/**
 * The rows of a bound query in its order, all columns, in wire form and unserialised. Its page is applied; a limit
 * of Infinity is none.
 */
export async function fetchRows(db: Db, bound: Asked, dialect: Dialect): Promise<WireRow[]> {
  const { info } = bound.resource;
  const query = db
    .select()
    .from(info.table as SQLiteTable)
    .where(printWhere(pagePredicate(bound), info, dialect))
    .orderBy(...printOrder(bound.order, info, dialect))
    .$dynamic();
  if (Number.isFinite(bound.limit)) query.limit(bound.limit);
  if (bound.offset > 0) query.offset(bound.offset);
  const rows = await query;
  return rows.map((row) => info.toWire(row));
}

/** How many rows fulfil a bound query, whatever its page. */
export async function countRows(
  db: Db,
  bound: Pick<Bound, "resource" | "predicate">,
  dialect: Dialect,
): Promise<number> {
  const { info } = bound.resource;
  const [row] = await db
    .select({ total: count() })
    .from(info.table as SQLiteTable)
    .where(printWhere(bound.predicate, info, dialect, true));
  return row?.total ?? 0;
}

/** The rows that fulfil a bound query and come after its position. */
export function pagePredicate(bound: Pick<Bound, "resource" | "predicate" | "order" | "after">): Predicate {
  if (bound.after === null) return bound.predicate;
  const behind = seekPredicate(bound.order, bound.after, bound.resource.info.columns);
  return { op: "and", of: [bound.predicate, behind] };
}

/** No condition where all rows fulfil it: SQLite counts a whole table without reading it only when there is no WHERE at all. */
function printWhere(
  predicate: Predicate,
  info: TableInfo,
  dialect: Dialect,
  relatedFirst = false,
): SQL | undefined {
  return predicate.op === "true" ? undefined : printPredicate(predicate, info, dialect, null, relatedFirst);
}
