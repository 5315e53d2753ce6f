import { sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../core/json.ts";
import type { Operand } from "../../core/query/predicate.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";
import { keyPlaceholders } from "./key-placeholders.ts";

/** Writes values, as Drizzle takes them and at least one, into the row with the key of `row`; undefined where there is none. */
export type UpdateByKey = (
  db: Db,
  row: WireRow,
  values: Readonly<Record<string, unknown>>,
) => Promise<WireRow | undefined>;

interface Prepared {
  execute(values: Record<string, unknown>): Promise<Record<string, unknown>[]>;
}

/** Sets of columns whose queries are kept for each database; the least recently built one goes first. */
const keptQueries = 64;

/**
 * Updates rows of a table by key. The query for a set of columns is built once, because building it costs several times as much as
 * running it; not so where a value is an expression of SQL, or where the table computes some anew with each update (`$onUpdate`).
 */
export function updateByKey(info: TableInfo): UpdateByKey {
  const prepared = new WeakMap<object, Map<string, Prepared>>();
  const { condition, fill } = keyPlaceholders(info);
  const updates = [...info.columns.values()].some(({ drizzle }) => drizzle.onUpdateFn !== undefined);
  const build = (db: Db, set: Readonly<Record<string, unknown>>) =>
    db
      .update(info.table as SQLiteTable)
      .set(set)
      .where(condition)
      .returning();
  const queryOf = (db: Db, values: Readonly<Record<string, unknown>>): Prepared => {
    const set = placeholders(values);
    if (updates || set === null) return build(db, values).prepare() as unknown as Prepared;
    const queries = prepared.get(db) ?? new Map<string, Prepared>();
    prepared.set(db, queries);
    const shape = JSON.stringify(Object.entries(set).map(([name, value]) => [name, value === null]));
    const known = queries.get(shape);
    if (known !== undefined) return known;
    const query = build(db, set).prepare() as unknown as Prepared;
    const [oldest] = queries.keys();
    if (queries.size >= keptQueries && oldest !== undefined) queries.delete(oldest);
    queries.set(shape, query);
    return query;
  };
  return async (db, row, values) => {
    const key = fill(info.key.map((column) => row[column] as Operand));
    if (key === null) return undefined;
    const [written] = await queryOf(db, values).execute({ ...values, ...key });
    return written === undefined ? undefined : info.toWire(written);
  };
}

/** What is set when the query is built; null where a value is an expression, which is a part of the query. */
function placeholders(values: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  const set: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (isExpression(value)) return null;
    // Drizzle encodes what is filled in, and no column can encode a null.
    set[name] = value === null ? null : sql.placeholder(name);
  }
  return set;
}

function isExpression(value: unknown): boolean {
  return typeof value === "object" && value !== null && "getSQL" in value;
}
