import { type SQL, sql } from "drizzle-orm";
import type { Lookup } from "../../core/query/lookup.ts";
import type { Operand } from "../../core/query/predicate.ts";
import type { TableColumn } from "../table/table-info.ts";
import type { SqlDialect } from "./sql-dialect.ts";

/** The operands of one predicate among several that are asked at once. */
export type Binding = readonly (string | number)[];

/** How an operand is printed where it is no parameter of its own. */
export type Bind = (column: TableColumn, operand: Operand) => SQL;

const constant: ReadonlySet<Lookup> = new Set([
  "isnull",
  "contains",
  "icontains",
  "startswith",
  "istartswith",
  "endswith",
]);

/** Whether the operands of a lookup are bound by `Bind`; those of others are part of the SQL or parameters of their own. */
export function isBound(lookup: Lookup): boolean {
  return !constant.has(lookup);
}

/**
 * An operand as its column would store it, where JSON carries that exactly, else null: fractions, texts with NUL and
 * bytes are not risked.
 */
export function bindable(column: TableColumn, operand: Operand): Binding[number] | null {
  const value: unknown = column.drizzle.mapToDriverValue(column.fromWire(operand));
  // Years with a sign are written in another way in PostgreSQL.
  if (column.kind === "date" && /^[+-]/.test(String(value))) return typeof value === "number" ? value : null;
  if (typeof value === "string") return exact(value) ? value : null;
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0) ? value : null;
}

/** Bindings as a table of the query, one row each: `placeColumn()` is its place among them, and `bindInOrder()` prints its values. */
export function bindingsTable(bindings: readonly Binding[], dialect: SqlDialect): SQL {
  const columns = (bindings[0] ?? []).map(
    (_, index) => sql`value ->> ${sql.raw(String(index))} as ${nameOf(index)}`,
  );
  const json = JSON.stringify(bindings);
  const place = dialect === "sqlite" ? sql`key` : sql`place - 1`;
  const rows =
    dialect === "sqlite"
      ? sql`json_each(${json})`
      : sql`json_array_elements(${json}::json) with ordinality as bindings (value, place)`;
  const all = sql.join([sql`${place} as ${placeColumn()}`, ...columns], sql`, `);
  return sql`(select ${all} from ${rows}) as ${nameOf("bindings")}`;
}

/** The column of `bindingsTable` that numbers the bindings, from 0. */
export function placeColumn(): SQL<number> {
  return sql<number>`${nameOf("place")}`;
}

/** Prints operands as the columns of `bindingsTable`, in the order in which it is called. */
export function bindInOrder(): Bind {
  let next = 0;
  return () => nameOf(next++);
}

/** No name that a user would give a column. */
function nameOf(part: number | string): SQL {
  return sql`${sql.identifier(`liveset:${part}`)}`;
}

/** Whether JSON carries a text to SQL as it is: without NUL, and without half a surrogate pair. */
function exact(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}
