import { and, eq, is, type SQL, sql } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../core/json.ts";
import type { Operand } from "../../core/query/predicate.ts";
import { isOneOf, mayHold } from "../database/print-postgres-comparison.ts";
import type { Db } from "../register.ts";
import type { TableColumn, TableInfo } from "../table/table-info.ts";

/** The row with a key, in all its columns, or undefined. The operands are those of the key's columns, in their order. */
export type RowByKey = (db: Db, key: readonly Operand[]) => Promise<WireRow | undefined>;

interface Prepared {
  execute(values: Record<string, unknown>): Promise<Record<string, unknown>[]>;
}

/**
 * Reads rows of a table by key. Each database's query is built once, because building it costs several times as
 * much as running it.
 */
export function rowByKey(info: TableInfo): RowByKey {
  const prepared = new WeakMap<object, Prepared>();
  const columns = info.key.flatMap((name) => info.columns.get(name) ?? []);
  const isPostgres = is(info.table, PgTable);
  const prepare = (db: Db): Prepared =>
    db
      .select()
      .from(info.table as SQLiteTable)
      .where(and(...columns.map((column) => equals(column, isPostgres))))
      .prepare() as unknown as Prepared;
  return async (db, key) => {
    if (isPostgres && !columns.every((column, index) => mayHold(column, key[index] ?? ""))) return undefined;
    const known = prepared.get(db);
    const query = known ?? prepare(db);
    if (known === undefined) prepared.set(db, query);
    const values = columns.map((column, index) => [column.name, column.fromWire(key[index] ?? null)]);
    const [row] = await query.execute(Object.fromEntries(values));
    return row === undefined ? undefined : info.toWire(row);
  };
}

function equals(column: TableColumn, isPostgres: boolean): SQL {
  const { name, drizzle } = column;
  const value = sql.placeholder(name);
  return isPostgres
    ? isOneOf(column, [sql`${sql.param(value, drizzle)}`])
    : eq(drizzle as SQLiteColumn, value);
}
