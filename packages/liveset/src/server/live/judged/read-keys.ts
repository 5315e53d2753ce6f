import { type Column, type SQL, sql } from "drizzle-orm";
import { type KeyText, keyTextOf } from "../../../core/key/key.ts";
import type { Tuple } from "../../../core/query/have-one-of.ts";
import type { Operand } from "../../../core/query/predicate.ts";
import { columnSql } from "../../database/column-sql.ts";
import { printPredicate } from "../../database/print-predicate.ts";
import type { SqlDialect } from "../../database/sql-dialect.ts";
import { inParts } from "../../in-parts.ts";
import type { Db } from "../../register.ts";
import type { TableInfo } from "../../table/table-info.ts";
import type { Question } from "./concerns.ts";
import { leadTo } from "./reach.ts";

/** Values in one query. */
const mostTuples = 500;

/** The keys of the rows that a question is about; null where they are more than `most`. */
export async function readKeys(
  db: Db,
  dialect: SqlDialect,
  info: TableInfo,
  { path, tuples }: Pick<Question, "path" | "tuples">,
  most: number,
): Promise<readonly Tuple[] | null> {
  if (path.length === 0) return tuples.size > most ? null : [...tuples.values()];
  const keys = new Map<string, Tuple>();
  for (const part of inParts([...tuples.values()], mostTuples)) {
    const rows = await db
      .select(keyColumns(info))
      .from(sql`${info.table}`)
      .where(printPredicate(leadTo(path, part), info, dialect))
      .limit(most + 1);
    for (const row of rows) {
      const key = info.key.map((name) => info.columns.get(name)?.toWire(row[name]) as Operand);
      keys.set(JSON.stringify(key), key);
    }
    if (keys.size > most) return null;
  }
  return [...keys.values()];
}

/** Keys as text, in their order. */
export function textsOf({ key: names }: TableInfo, keys: readonly Tuple[]): readonly KeyText[] {
  return keys.map((key) =>
    keyTextOf(Object.fromEntries(names.map((name, i) => [name, key[i] ?? null])), names),
  );
}

function keyColumns({ key, columns }: TableInfo): Record<string, SQL> {
  return Object.fromEntries(key.map((name) => [name, columnSql(columns.get(name)?.drizzle as Column)]));
}
