import { and, eq, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../core/json.ts";
import type { Operand } from "../../core/query/predicate.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";

/** The row with a key, in all its columns, or undefined. The operands are those of the key's columns, in their order. */
export type RowByKey = (db: Db, key: readonly Operand[]) => Promise<WireRow | undefined>;

interface Prepared {
  all(values: Record<string, unknown>): Promise<Record<string, unknown>[]>;
}

/**
 * Reads rows of a table by key. Each database's query is built once, because building it costs several times as
 * much as running it.
 */
export function rowByKey(info: TableInfo): RowByKey {
  const prepared = new WeakMap<object, Prepared>();
  const columns = info.key.flatMap((name) => info.columns.get(name) ?? []);
  const prepare = (db: Db): Prepared =>
    db
      .select()
      .from(info.table as SQLiteTable)
      .where(and(...columns.map(({ name, drizzle }) => eq(drizzle as SQLiteColumn, sql.placeholder(name)))))
      .prepare() as unknown as Prepared;
  return async (db, key) => {
    const known = prepared.get(db);
    const query = known ?? prepare(db);
    if (known === undefined) prepared.set(db, query);
    const values = columns.map((column, index) => [column.name, column.fromWire(key[index] ?? null)]);
    const [row] = await query.all(Object.fromEntries(values));
    return row === undefined ? undefined : info.toWire(row);
  };
}
