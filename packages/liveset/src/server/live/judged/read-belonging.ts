import { type SQL, sql } from "drizzle-orm";
import type { WireRow } from "../../../core/json.ts";
import { type KeyText, keyTextOf } from "../../../core/key/key.ts";
import { haveOneOf, type Tuple } from "../../../core/query/have-one-of.ts";
import { type Binding, bindInOrder, bindingsTable, placeColumn } from "../../database/bindings.ts";
import { columnSql } from "../../database/column-sql.ts";
import { printPredicate } from "../../database/print-predicate.ts";
import type { SqlDialect } from "../../database/sql-dialect.ts";
import { inParts } from "../../in-parts.ts";
import type { Db } from "../../register.ts";
import type { TableInfo } from "../../table/table-info.ts";
import { getOrMake } from "../get-or-make.ts";
import type { JudgedQuery } from "./judged-query.ts";

/** Bounds of one query of the database: keys, live queries, and keys times live queries. */
const mostKeys = 500;
const mostQueries = 1_000;
const mostPairs = 50_000;

/** Called for each row that belongs to one of the queries, with the query's place among them. */
export type Belongs = (place: number, key: KeyText, row: WireRow) => void;

/**
 * Which of the rows with given keys belong to which of several live queries of one shape. One query of the database answers for
 * all of them; where a binding cannot be handed over exactly, each is asked by itself.
 */
export async function readBelonging(
  db: Db,
  dialect: SqlDialect,
  queries: readonly JudgedQuery[],
  keys: readonly Tuple[],
  belongs: Belongs,
): Promise<void> {
  const known = new Map<KeyText, WireRow>();
  const together = queries.length > 1 && queries.every(({ shape }) => shape.binding !== null);
  for (const places of inParts([...queries.keys()], together ? mostQueries : 1)) {
    const [first = 0] = places;
    const judged = queries[first];
    if (judged === undefined) continue;
    const bindings = together ? places.map((place) => queries[place]?.shape.binding ?? []) : null;
    const size = Math.max(1, Math.min(mostKeys, Math.floor(mostPairs / places.length)));
    for (const part of inParts(keys, size)) {
      for (const { place, row } of await ask(db, dialect, judged, part, bindings)) {
        const key = keyTextOf(row, judged.info.key);
        belongs(
          first + place,
          key,
          getOrMake(known, key, () => row),
        );
      }
    }
  }
}

/** One query: of the judged one alone, or of all those that have its shape and one of the bindings. */
async function ask(
  db: Db,
  dialect: SqlDialect,
  { info, query }: JudgedQuery,
  keys: readonly Tuple[],
  bindings: readonly Binding[] | null,
): Promise<readonly { readonly place: number; readonly row: WireRow }[]> {
  const asked = printPredicate(haveOneOf(info.key, keys), info, dialect);
  const own = printPredicate(query.bound.predicate, info, dialect, bindings === null ? null : bindInOrder());
  const rows = await db
    .select({ ...columnsOf(info), "liveset:place": bindings === null ? sql<number>`0` : placeColumn() })
    .from(
      bindings === null
        ? sql`${info.table}`
        : sql`${info.table} cross join ${bindingsTable(bindings, dialect)}`,
    )
    .where(sql`${asked} and (${own})`);
  return rows.map((row) => ({ place: Number(row["liveset:place"]), row: info.toWire(row) }));
}

function columnsOf({ columns }: TableInfo): Record<string, SQL> {
  return Object.fromEntries([...columns].map(([name, { drizzle }]) => [name, columnSql(drizzle)]));
}
