import { type SQL, sql } from "drizzle-orm";
import { asciiLower } from "../../core/query/ascii-lower.ts";
import { operandsOf } from "../../core/query/operands-of.ts";
import type { Comparison, Operand } from "../../core/query/predicate.ts";
import type { TableColumn } from "../table/table-info.ts";
import type { Bind } from "./bindings.ts";
import { postgresComparable, printPostgresComparison } from "./print-postgres-comparison.ts";
import type { SqlDialect } from "./sql-dialect.ts";

export type { SqlDialect } from "./sql-dialect.ts";

/**
 * A comparison as SQL with bound parameters: text is compared by code point whatever collation a column declares, and a
 * pattern's `%` and `_` are characters.
 */
export function printComparison(
  comparison: Comparison,
  column: TableColumn,
  dialect: SqlDialect,
  bind: Bind | null = null,
): SQL {
  if (dialect === "postgres") return printPostgresComparison(comparison, column, bind);
  const { lookup, value } = comparison;
  const values = operandsOf(comparison);
  const [first = "", second = ""] = values;
  const held = comparable(column, dialect);
  const param: Bind = ({ drizzle, fromWire }, operand) => sql`${sql.param(fromWire(operand), drizzle)}`;
  const bound = (operand: Operand): SQL => comparableValue(column, operand, bind ?? param);
  switch (lookup) {
    case "exact":
      return sql`${held} = ${bound(first)}`;
    case "ne":
      return sql`${held} <> ${bound(first)}`;
    case "lt":
      return sql`${held} < ${bound(first)}`;
    case "lte":
      return sql`${held} <= ${bound(first)}`;
    case "gt":
      return sql`${held} > ${bound(first)}`;
    case "gte":
      return sql`${held} >= ${bound(first)}`;
    case "range":
      return sql`${held} between ${bound(first)} and ${bound(second)}`;
    case "in":
      return values.length === 0 ? sql`1 = 0` : sql`${held} in (${sql.join(values.map(bound), sql`, `)})`;
    case "isnull":
      return printIsNull(column, value === true);
    default:
      return printTextLookup(lookup, column, String(first));
  }
}

/** A column as comparisons and ORDER BY see it. */
export function comparable(column: TableColumn, dialect: SqlDialect): SQL {
  if (dialect === "postgres") return postgresComparable(column);
  if (column.kind === "text") return sql`${column.drizzle} collate binary`;
  // Digits as bytes, however they are kept: see `compareValues`.
  if (digitsAreNumber(column)) return sql`cast(${column.drizzle} as blob)`;
  return sql`${column.drizzle}`;
}

function comparableValue(column: TableColumn, operand: Operand, bind: Bind): SQL {
  const bound = bind(column, operand);
  return digitsAreNumber(column) ? sql`cast(${bound} as blob)` : bound;
}

function digitsAreNumber(column: TableColumn): boolean {
  return column.kind === "bigint" && column.drizzle.getSQLType() !== "blob";
}

/** JSON's own null is null on the wire like SQL's, so both are. */
function printIsNull({ drizzle, kind }: TableColumn, isNull: boolean): SQL {
  if (kind !== "json") return isNull ? sql`${drizzle} is null` : sql`${drizzle} is not null`;
  const jsonNull = sql`trim(cast(${drizzle} as text), char(32, 9, 10, 13)) = 'null'`;
  return isNull ? sql`(${drizzle} is null or ${jsonNull})` : sql`not (${drizzle} is null or ${jsonNull})`;
}

type TextLookup = "contains" | "icontains" | "startswith" | "istartswith" | "endswith";

/**
 * Not by LIKE, which has wildcards and stops at a NUL character. SQLite's `substr` of a text stops there too, so an end is
 * compared in bytes; its `lower` knows ASCII alone.
 */
function printTextLookup(lookup: TextLookup, column: TableColumn, operand: string): SQL {
  const { drizzle } = column;
  const lower = sql`lower(${drizzle})`;
  switch (lookup) {
    case "contains":
      return sql`instr(${drizzle}, ${operand}) > 0`;
    case "icontains":
      return sql`instr(${lower}, ${asciiLower(operand)}) > 0`;
    case "startswith":
      return sql`instr(${drizzle}, ${operand}) = 1`;
    case "istartswith":
      return sql`instr(${lower}, ${asciiLower(operand)}) = 1`;
    case "endswith":
      return printEndsWith(column, operand);
    default:
      return lookup satisfies never;
  }
}

function printEndsWith({ drizzle }: TableColumn, operand: string): SQL {
  const bytes = new TextEncoder().encode(operand).length;
  // From position -0 on, substr gives the whole text.
  if (bytes === 0) return sql`${drizzle} = ${drizzle}`;
  // Of an empty blob, substr gives NULL.
  return sql`(${drizzle} <> '' collate binary and substr(cast(${drizzle} as blob), ${-bytes}) = cast(${operand} as blob))`;
}
