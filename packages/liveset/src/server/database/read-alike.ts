import { type SQL, sql } from "drizzle-orm";
import type { WireRow } from "../../core/json.ts";
import type { Order } from "../../core/query/order.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";
import { aliased } from "./aliased.ts";
import { type Binding, bindInOrder, bindingsTable, placeColumn } from "./bindings.ts";
import { columnSql } from "./column-sql.ts";
import { printOrder } from "./print-order.ts";
import { printPredicate } from "./print-predicate.ts";
import type { SqlDialect } from "./sql-dialect.ts";

/** Predicates on one table that have one shape: the first of them, and the operands of each. */
export interface Alike {
  readonly info: TableInfo;
  readonly predicate: Predicate;
  readonly bindings: readonly Binding[];
}

/** A row, all columns, and the place of the predicate that it fulfils among those that were asked. */
export interface PlacedRow {
  readonly place: number;
  readonly row: WireRow;
}

/** Which of the rows that fulfil a predicate are read. */
export interface RowsAsked {
  readonly order: Order;
  /** The first so many of each; null for all. */
  readonly limit: number | null;
  /** Whether all rows that fulfil the predicates are looked at in any case, so that nothing is gained by looking at them in their order. */
  readonly wholly: boolean;
  /** The most rows of all together. */
  readonly most: number;
  /** What all rows fulfil besides: no more than what an index may serve. */
  readonly within?: Predicate;
}

/**
 * The rows that fulfil each of several predicates, each in its order, by one query. A row that fulfils several of them is there several
 * times.
 *
 *   bindings ─┬─ (place 0, operands) ─► its first rows
 *             └─ (place 1, operands) ─► its first rows
 */
export async function rowsOfEach(
  db: Db,
  dialect: SqlDialect,
  { info, predicate, bindings }: Alike,
  { order, limit, wholly, most, within }: RowsAsked,
): Promise<readonly PlacedRow[]> {
  const own = printPredicate(predicate, info, dialect, bindInOrder(), wholly);
  const where = within === undefined ? own : sql`${printPredicate(within, info, dialect)} and (${own})`;
  const all = bindingsTable(bindings, dialect);
  const outer = limit === null ? info : aliased(info, rowsName);
  const query = db
    .select({ ...columnsOf(outer), "liveset:place": placeColumn() })
    .from(
      limit === null
        ? sql`${all} cross join ${info.table}`
        : sql`${all} cross join ${firstRows(info, dialect, { order, limit, where })}`,
    )
    .$dynamic();
  if (limit === null) query.where(where);
  else if (dialect === "sqlite") query.where(isAmongFirst(info, outer, { order, limit, where }));
  const rows = await query.orderBy(placeColumn(), ...printOrder(order, outer, dialect)).limit(most);
  return rows.map((row) => ({ place: Number(row["liveset:place"]), row: info.toWire(row) }));
}

/** How many rows fulfil each of several predicates, by one query; in the order of their bindings. */
export async function countsOfEach(
  db: Db,
  dialect: SqlDialect,
  { info, predicate, bindings }: Alike,
): Promise<readonly number[]> {
  const rows = await db
    .select({ "liveset:place": placeColumn(), "liveset:count": sql<number>`count(*)` })
    .from(sql`${bindingsTable(bindings, dialect)} cross join ${info.table}`)
    .where(printPredicate(predicate, info, dialect, bindInOrder(), true))
    .groupBy(placeColumn());
  const counts = new Map(rows.map((row) => [Number(row["liveset:place"]), Number(row["liveset:count"])]));
  return bindings.map((_, place) => counts.get(place) ?? 0);
}

/** No name that a user would give a table. */
const rowsName = "liveset:rows";

interface First {
  readonly order: Order;
  readonly limit: number;
  readonly where: SQL;
}

/** The table whose rows are the first ones of a binding. SQLite knows no LATERAL: there it is the whole table, and `isAmongFirst` chooses. */
function firstRows(info: TableInfo, dialect: SqlDialect, { order, limit, where }: First): SQL {
  const name = sql.identifier(rowsName);
  if (dialect === "sqlite") return sql`${info.table} as ${name}`;
  const terms = sql.join(printOrder(order, info, dialect), sql`, `);
  return sql`lateral (select ${info.table}.* from ${info.table} where ${where} order by ${terms} limit ${limit}) as ${name}`;
}

function isAmongFirst(info: TableInfo, outer: TableInfo, { order, limit, where }: First): SQL {
  const key = ({ columns }: TableInfo): SQL =>
    sql.join(
      info.key.flatMap((name) => {
        const column = columns.get(name);
        return column === undefined ? [] : [sql`${column.drizzle}`];
      }),
      sql`, `,
    );
  const terms = sql.join(printOrder(order, info, "sqlite"), sql`, `);
  return sql`(${key(outer)}) in (select ${key(info)} from ${info.table} where ${where} order by ${terms} limit ${limit})`;
}

function columnsOf({ columns }: TableInfo): Record<string, SQL> {
  return Object.fromEntries([...columns].map(([name, { drizzle }]) => [name, columnSql(drizzle)]));
}
