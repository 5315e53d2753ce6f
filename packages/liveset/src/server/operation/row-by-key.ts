import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../core/json.ts";
import type { Operand } from "../../core/query/predicate.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";
import { keyPlaceholders } from "./key-placeholders.ts";

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
  const { condition, fill } = keyPlaceholders(info);
  const prepare = (db: Db): Prepared =>
    db
      .select()
      .from(info.table as SQLiteTable)
      .where(condition)
      .prepare() as unknown as Prepared;
  return async (db, key) => {
    const values = fill(key);
    if (values === null) return undefined;
    const known = prepared.get(db);
    const query = known ?? prepare(db);
    if (known === undefined) prepared.set(db, query);
    const [row] = await query.execute(values);
    return row === undefined ? undefined : info.toWire(row);
  };
}
