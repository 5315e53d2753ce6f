import { aliasedTableColumn, type SQL, sql } from "drizzle-orm";
import { haveOneOf, type Tuple } from "../../../core/query/have-one-of.ts";
import type { Operand } from "../../../core/query/predicate.ts";
import { columnSql } from "../../database/column-sql.ts";
import { comparable } from "../../database/print-comparison.ts";
import { printPredicate } from "../../database/print-predicate.ts";
import type { SqlDialect } from "../../database/sql-dialect.ts";
import { inParts } from "../../in-parts.ts";
import type { Db } from "../../register.ts";
import type { TableColumn, TableInfo } from "../../table/table-info.ts";
import { type AddressStep, addressText } from "./address.ts";

/** Keys in one query. */
const mostKeys = 500;

/**
 * The addresses that rows of a table reach by the steps, as text: whoever has one of the rows has one of these. Null where they are more
 * than `most`.
 */
export async function readAddresses(
  db: Db,
  dialect: SqlDialect,
  info: TableInfo,
  {
    steps,
    keys,
    most,
  }: { readonly steps: readonly AddressStep[]; readonly keys: readonly Tuple[]; readonly most: number },
): Promise<ReadonlySet<string> | null> {
  const places = steps.map((step, n) => ({ ...step, alias: `liveset:to${n}` }));
  const columnAt = (at: number | null, name: string): TableColumn => {
    const place = at === null ? undefined : places[at];
    const column = (place?.info ?? info).columns.get(name);
    if (column === undefined) throw new TypeError(`"${(place?.info ?? info).name}" has no column "${name}".`);
    return place === undefined
      ? column
      : { ...column, drizzle: aliasedTableColumn(column.drizzle, place.alias) };
  };
  const joined = places.flatMap(({ relation, from }, n) =>
    relation.to.map((to, index) => {
      const held = comparable(columnAt(n, to), dialect);
      return sql`${held} = ${comparable(columnAt(from, relation.from[index] ?? ""), dialect)}`;
    }),
  );
  const tables = places.map((place) => sql`${place.info.table} as ${sql.identifier(place.alias)}`);
  const columns = places.flatMap((place, n) => place.columns.map((name) => columnAt(n, name)));
  const asked: Record<string, SQL> = Object.fromEntries(
    columns.map(({ drizzle }, n) => [`liveset:value${n}`, columnSql(drizzle)]),
  );
  const found = new Set<string>();
  for (const part of inParts(keys, mostKeys)) {
    const conditions = [printPredicate(haveOneOf(info.key, part), info, dialect), ...joined];
    const rows = await db
      .selectDistinct(asked)
      .from(sql.join([sql`${info.table}`, ...tables], sql`, `))
      .where(sql.join(conditions, sql` and `))
      .limit(most + 1);
    for (const row of rows) {
      const values = columns.map((column, n) => column.toWire(row[`liveset:value${n}`]) as Operand);
      found.add(addressText(values));
    }
    if (found.size > most) return null;
  }
  return found;
}
