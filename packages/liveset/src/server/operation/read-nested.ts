import { type Column, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Json, WireRow } from "../../core/json.ts";
import { haveOneOf, type Tuple } from "../../core/query/have-one-of.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import { printOrder } from "../database/print-order.ts";
import { printPredicate } from "../database/print-predicate.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import type { TableInfo } from "../table/table-info.ts";
import type { Bound, Nested } from "./bound.ts";
import { isPermitted } from "./check-permission.ts";
import { ensureFew } from "./ensure-few.ts";
import { fetchRows } from "./fetch-rows.ts";

/** Values in one query of the database. */
const mostTuples = 500;

/**
 * Rows of all columns with what is nested in them under the names of the relations, serialised: null or a row behind a relation to
 * one, an array behind one to many. Read through `db`, one query for each relation and level.
 *
 * @throws LivesetError `too_many_rows` where more than `limits.liveRows` rows of one relation would be nested; what a permission or
 * the serializer throws.
 */
export async function withNested(
  runtime: Runtime,
  db: Db,
  nested: readonly Nested[],
  rows: readonly WireRow[],
): Promise<readonly WireRow[]> {
  if (nested.length === 0 || rows.length === 0) return rows;
  const added: Record<string, Json>[] = rows.map((row) => ({ ...row }));
  for (const each of nested) {
    const { relation } = each;
    const found = await readChildren(runtime, db, each, rows);
    for (const row of added) {
      const tuple = tupleOf(row, relation.from);
      const children = (tuple === null ? undefined : found.get(JSON.stringify(tuple))) ?? [];
      row[relation.name] = relation.kind === "one" ? (children[0] ?? null) : children;
    }
  }
  return added;
}

/** The shown related rows, by the values that join them. */
async function readChildren(
  runtime: Runtime,
  db: Db,
  { relation, bound }: Nested,
  rows: readonly WireRow[],
): Promise<ReadonlyMap<string, readonly WireRow[]>> {
  const tuples = new Map<string, Tuple>();
  for (const row of rows) {
    const tuple = tupleOf(row, relation.from);
    if (tuple !== null) tuples.set(JSON.stringify(tuple), tuple);
  }
  const all = [...tuples.values()];
  const children: WireRow[] = [];
  for (let start = 0; start < all.length; start += mostTuples) {
    const of = [bound.predicate, haveOneOf(relation.to, all.slice(start, start + mostTuples))];
    children.push(...(await readJoined(runtime, db, relation.to, bound, { op: "and", of })));
    ensureFew(children.length, runtime.limits.liveRows);
  }
  const permitted: WireRow[] = [];
  for (const child of children) {
    if (await isPermitted(bound.resource, "retrieve", bound.context, child)) permitted.push(child);
  }
  const groups = new Map<string, WireRow[]>();
  for (const child of await withNested(runtime, db, bound.nested, permitted)) {
    const text = JSON.stringify(tupleOf(child, relation.to));
    const group = groups.get(text) ?? [];
    if (group.length < bound.limit) group.push(bound.projection.serialize(child));
    groups.set(text, group);
  }
  return groups;
}

/** Related rows in their order; where only the first few of each are wanted the database tells which, unless a permission does. */
async function readJoined(
  { database: { dialect }, limits }: Runtime,
  db: Db,
  to: readonly string[],
  bound: Bound,
  predicate: Predicate,
): Promise<readonly WireRow[]> {
  const { info, options } = bound.resource;
  const isCut = Number.isFinite(bound.limit) && options.permissions?.retrieve === undefined;
  if (!isCut) return fetchRows(db, { ...bound, predicate, limit: limits.liveRows + 1 }, dialect);
  const order = sql.join(printOrder(bound.order, info, dialect), sql`, `);
  const partition = sql.join(
    to.map((name) => sql`${info.columns.get(name)?.drizzle as Column}`),
    sql`, `,
  );
  const ranked = db
    .select({
      ...columnsOf(info),
      "liveset:rank": sql<number>`row_number() over (partition by ${partition} order by ${order})`.as(
        "liveset:rank",
      ),
    })
    .from(info.table as SQLiteTable)
    .where(printPredicate(predicate, info, dialect))
    .as("ranked");
  const rows = await db
    .select()
    .from(ranked)
    .where(sql`${ranked["liveset:rank"]} <= ${bound.limit}`)
    .orderBy(sql`${ranked["liveset:rank"]}`)
    .limit(limits.liveRows + 1);
  return rows.map((row) => info.toWire(row as Readonly<Record<string, unknown>>));
}

function columnsOf({ columns }: TableInfo): Record<string, Column> {
  return Object.fromEntries([...columns].map(([name, { drizzle }]) => [name, drizzle]));
}

/** Null where one of the values is: nothing is joined by NULL. */
function tupleOf(row: WireRow, columns: readonly string[]): Tuple | null {
  const tuple = columns.map((column) => row[column] ?? null);
  return tuple.includes(null) ? null : (tuple as Operand[]);
}
