import { type Column, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WireRow } from "../../core/json.ts";
import { haveOneOf, type Tuple } from "../../core/query/have-one-of.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import { printOrder } from "../database/print-order.ts";
import { printPredicate } from "../database/print-predicate.ts";
import { inParts } from "../in-parts.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import type { TableInfo } from "../table/table-info.ts";
import type { Bound, Nested } from "./bound.ts";
import { ensureFew } from "./ensure-few.ts";
import { fetchRows } from "./fetch-rows.ts";

/** Related rows that are asked for: those that are joined by one of the tuples of values. */
export interface Children extends Nested {
  /** By their JSON. */
  readonly tuples: ReadonlyMap<string, Tuple>;
}

/** Values in one query of the database. */
const mostTuples = 500;

/** How many rows of each the database may leave it at: a permission may withhold some. */
export function cutOf({ limit, resource }: Bound): number | null {
  return Number.isFinite(limit) && resource.options.permissions?.retrieve === undefined ? limit : null;
}

/**
 * Related rows, all columns, those that are joined by the same values in their order; on behalf of so many who ask for the same.
 *
 * @throws LivesetError `too_many_rows` where there are more than `limits.liveRows` for each of them.
 */
export async function readJoined(
  runtime: Runtime,
  db: Db,
  { relation: { to }, bound, tuples }: Children,
  times: number,
): Promise<readonly WireRow[]> {
  const most = runtime.limits.liveRows * times;
  const rows: WireRow[] = [];
  for (const part of inParts([...tuples.values()], mostTuples)) {
    const predicate: Predicate = { op: "and", of: [bound.predicate, haveOneOf(to, part)] };
    rows.push(...(await readPart(runtime, db, to, { ...bound, predicate }, most + 1)));
    ensureFew(rows.length, most);
  }
  return rows;
}

/** Related rows in their order; where only the first few of each are wanted the database tells which. */
async function readPart(
  { database: { dialect } }: Runtime,
  db: Db,
  to: readonly string[],
  bound: Bound,
  most: number,
): Promise<readonly WireRow[]> {
  const { info } = bound.resource;
  const cut = cutOf(bound);
  if (cut === null) return fetchRows(db, { ...bound, limit: most }, dialect);
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
    .where(printPredicate(bound.predicate, info, dialect))
    .as("ranked");
  const rows = await db
    .select()
    .from(ranked)
    .where(sql`${ranked["liveset:rank"]} <= ${cut}`)
    .orderBy(sql`${ranked["liveset:rank"]}`)
    .limit(most);
  return rows.map((row) => info.toWire(row as Readonly<Record<string, unknown>>));
}

function columnsOf({ columns }: TableInfo): Record<string, Column> {
  return Object.fromEntries([...columns].map(([name, { drizzle }]) => [name, drizzle]));
}
