import { and, eq, is, type SQL, sql } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Operand } from "../../core/query/predicate.ts";
import { isOneOf, mayHold } from "../database/print-postgres-comparison.ts";
import type { TableColumn, TableInfo } from "../table/table-info.ts";

/** The part of a prepared query that finds one row. */
export interface KeyPlaceholders {
  /** That a row has the key whose values are filled in. */
  readonly condition: SQL | undefined;
  /** What is to be filled in for a key, its operands in the order of the key's columns; null where no row can have it. */
  fill(key: readonly Operand[]): Record<string, unknown> | null;
}

/** The condition that a row has a key, with placeholders instead of the key. */
export function keyPlaceholders(info: TableInfo): KeyPlaceholders {
  const columns = info.key.flatMap((name) => info.columns.get(name) ?? []);
  const isPostgres = is(info.table, PgTable);
  return {
    condition: and(...columns.map((column) => equals(column, isPostgres))),
    fill: (key) => {
      if (isPostgres && !columns.every((column, index) => mayHold(column, key[index] ?? ""))) return null;
      const values = columns.map((column, index) => [nameOf(column), column.fromWire(key[index] ?? null)]);
      return Object.fromEntries(values);
    },
  };
}

function equals(column: TableColumn, isPostgres: boolean): SQL {
  const { drizzle } = column;
  const value = sql.placeholder(nameOf(column));
  return isPostgres
    ? isOneOf(column, [sql`${sql.param(value, drizzle)}`])
    : eq(drizzle as SQLiteColumn, value);
}

/** Not the column's own name, under which a query may set a value. */
function nameOf({ name }: TableColumn): string {
  return `key.${name}`;
}
