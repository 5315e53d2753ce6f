import { type SQL, sql } from "drizzle-orm";
import { asciiLower } from "../../core/query/ascii-lower.ts";
import { operandsOf } from "../../core/query/operands-of.ts";
import type { Comparison, Operand } from "../../core/query/predicate.ts";
import type { TableColumn } from "../table/table-info.ts";
import type { Bind } from "./bindings.ts";
import { postgresForm } from "./postgres-form.ts";

/** A column as PostgreSQL's comparisons and ORDER BY see it. */
export function postgresComparable(column: TableColumn): SQL {
  return postgresForm(column).held(sql`${column.drizzle}`);
}

/**
 * `printComparison` for PostgreSQL. A value that the column's type does not have, such as a text that is no UUID, is never equal to
 * one; with `bind`, the SQL is the same for all operands.
 */
export function printPostgresComparison(comparison: Comparison, column: TableColumn, bind: Bind | null): SQL {
  const { lookup, value } = comparison;
  const operands = operandsOf(comparison);
  const [first = "", second = ""] = operands;
  const form = postgresForm(column);
  const held = form.held(sql`${column.drizzle}`);
  const sought = (operand: Operand): SQL => form.sought((bind ?? parameter)(column, operand));
  switch (lookup) {
    case "exact":
      return bind === null ? printIn(column, [first]) : sql`${held} = ${sought(first)}`;
    case "ne":
      return bind === null && hasNul(first) ? sql`not ${never(column)}` : sql`${held} <> ${sought(first)}`;
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return printOrdered(lookup, held, first, sought);
    case "range":
      return sql`(${printOrdered("gte", held, first, sought)} and ${printOrdered("lte", held, second, sought)})`;
    case "in":
      if (operands.length === 0) return sql`1 = 0`;
      return bind === null ? printIn(column, operands) : sql`${held} in (${list(operands.map(sought))})`;
    case "isnull":
      return printIsNull(column, value === true);
    default:
      if (hasNul(first)) return never(column);
      return printTextLookup(lookup, sql`${column.drizzle}::text collate "C"`, String(first));
  }
}

/** Whether a row may have this value: where not, the column must not be asked for it by a parameter of its own type. */
export function mayHold(column: TableColumn, operand: Operand): boolean {
  return postgresForm(column).isPossible(operand);
}

/**
 * That a column equals one of some parameters, whose values it `mayHold`. An index serves it. Equality of a type or of a collation may be
 * wider than that of the texts in memory, so texts are compared once more.
 */
export function isOneOf(column: TableColumn, parameters: readonly SQL[]): SQL {
  const { held, sought, own } = postgresForm(column);
  const exact = sql`${held(sql`${column.drizzle}`)} in (${list(parameters.map(sought))})`;
  if (own === null) return exact;
  const indexed = sql`${column.drizzle} in (${list(parameters.map(own))})`;
  return column.kind === "text" ? sql`(${indexed} and ${exact})` : indexed;
}

function printIn(column: TableColumn, operands: readonly Operand[]): SQL {
  const possible = operands.filter((operand) => mayHold(column, operand));
  if (possible.length === 0) return never(column);
  return isOneOf(
    column,
    possible.map((operand) => parameter(column, operand)),
  );
}

/** No text has a NUL character in PostgreSQL: what comes before `a\0…` is what comes up to `a`. */
function printOrdered(
  lookup: "lt" | "lte" | "gt" | "gte",
  held: SQL,
  operand: Operand,
  sought: (operand: Operand) => SQL,
): SQL {
  const nul = hasNul(operand) ? String(operand).indexOf("\0") : -1;
  const isLess = lookup === "lt" || lookup === "lte";
  const operator = nul >= 0 ? (isLess ? "<=" : ">") : { lt: "<", lte: "<=", gt: ">", gte: ">=" }[lookup];
  const bound = sought(nul >= 0 ? String(operand).slice(0, nul) : operand);
  return sql`${held} ${sql.raw(operator)} ${bound}`;
}

/** JSON's own null is null on the wire like SQL's, so both are. */
function printIsNull({ drizzle, kind }: TableColumn, isNull: boolean): SQL {
  if (kind !== "json") return isNull ? sql`${drizzle} is null` : sql`${drizzle} is not null`;
  const none = sql`(${drizzle} is null or ${drizzle}::text = 'null')`;
  return isNull ? none : sql`not ${none}`;
}

type TextLookup = "contains" | "icontains" | "startswith" | "istartswith" | "endswith";

/** Not by LIKE, which has wildcards. In the collation "C", `lower` knows ASCII alone. */
function printTextLookup(lookup: TextLookup, text: SQL, operand: string): SQL {
  const lower = sql`lower(${text})`;
  const sought = sql`${operand}::text`;
  const lowered = sql`${asciiLower(operand)}::text`;
  switch (lookup) {
    case "contains":
      return sql`strpos(${text}, ${sought}) > 0`;
    case "icontains":
      return sql`strpos(${lower}, ${lowered}) > 0`;
    case "startswith":
      return sql`starts_with(${text}, ${sought})`;
    case "istartswith":
      return sql`starts_with(${lower}, ${lowered})`;
    case "endswith":
      return sql`right(${text}, char_length(${sought})) = ${sought}`;
    default:
      return lookup satisfies never;
  }
}

/** False, and NULL of NULL. */
function never({ drizzle }: TableColumn): SQL {
  return sql`(${drizzle} is null and null::boolean)`;
}

function parameter({ drizzle, kind, fromWire }: TableColumn, operand: Operand): SQL {
  if (kind === "date") return sql`${instantText(new Date(String(operand)))}`;
  return sql`${sql.param(fromWire(operand), drizzle)}`;
}

/** An instant as PostgreSQL reads it: years of more than four digits have no sign, those before 1 are BC, and before 4713 BC nothing is. */
function instantText(instant: Date): string {
  const year = instant.getUTCFullYear();
  if (year < -4712) return "-infinity";
  const rest = instant.toISOString().replace(/^[+-]?\d+/, "");
  const digits = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return `${digits}${rest}${year > 0 ? "" : " BC"}`;
}

function hasNul(operand: Operand): boolean {
  return typeof operand === "string" && operand.includes("\0");
}

function list(parts: readonly SQL[]): SQL {
  return sql.join([...parts], sql`, `);
}
