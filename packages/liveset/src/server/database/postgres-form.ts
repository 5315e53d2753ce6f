import { type SQL, sql } from "drizzle-orm";
import type { Operand } from "../../core/query/predicate.ts";
import type { TableColumn } from "../table/table-info.ts";

/** How the values of a column are compared in PostgreSQL so that memory, which has their wire form alone, agrees. */
export interface PostgresForm {
  /** The column in a form in which equality, order and text lookups mean what they do in memory. An index may not serve it. */
  readonly held: (column: SQL) => SQL;
  /** A parameter in the type of `held`. */
  readonly sought: (parameter: SQL) => SQL;
  /** A parameter in the column's own type, so that an index serves equality; null where `held` is that already. */
  readonly own: ((parameter: SQL) => SQL) | null;
  /** Whether the column's own type has this value: else it must not be asked for it, which would be an error. */
  readonly isPossible: (operand: Operand) => boolean;
}

/** The form of a column. */
export function postgresForm({ kind, drizzle }: TableColumn): PostgresForm {
  switch (kind) {
    case "text":
      return textForm(drizzle);
    case "integer":
      return plain("bigint");
    case "real":
      // As the decimals that Drizzle reads: four bytes hold another number than those say.
      if (drizzle.columnType === "PgReal")
        return { ...plain("float8"), held: (c) => sql`${c}::text::float8` };
      return plain(drizzle.columnType === "PgNumericNumber" ? "numeric" : "float8");
    case "boolean":
      return plain("boolean");
    case "bigint":
      return bigintForm(drizzle.columnType);
    case "date":
      return dateForm(drizzle);
    case "blob":
      return plain("bytea");
    case "json":
    case "opaque":
      return plain("text");
    default:
      return kind satisfies never;
  }
}

function plain(type: string): PostgresForm {
  return {
    held: (column) => column,
    sought: (parameter) => cast(parameter, type),
    own: null,
    isPossible: () => true,
  };
}

/** By code point. Types that are no texts (uuid, an enum, a date as text) are texts as Drizzle reads them. */
function textForm(drizzle: TableColumn["drizzle"]): PostgresForm {
  const type = drizzle.columnType;
  const isText = type === "PgText" || type === "PgVarchar";
  return {
    held: (column) => (isText ? sql`${column} collate "C"` : sql`${column}::text collate "C"`),
    sought: (parameter) => cast(parameter, "text"),
    own: ownType(drizzle),
    isPossible: (operand) => isCanonical(drizzle, String(operand)),
  };
}

function ownType({ columnType }: TableColumn["drizzle"]): PostgresForm["own"] {
  switch (columnType) {
    case "PgText":
    case "PgVarchar":
      return (parameter) => cast(parameter, "text");
    case "PgChar":
      return (parameter) => cast(parameter, "bpchar");
    case "PgUUID":
      return (parameter) => cast(parameter, "uuid");
    case "PgDateString":
      return (parameter) => cast(parameter, "date");
    // Its type may be in any schema: the parameter takes that of the other side.
    case "PgEnumColumn":
    case "PgEnumObjectColumn":
      return (parameter) => parameter;
    default:
      return null;
  }
}

function isCanonical({ columnType, enumValues }: TableColumn["drizzle"], text: string): boolean {
  if (text.includes("\0")) return false;
  switch (columnType) {
    case "PgUUID":
      return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
    case "PgDateString":
      return isDay(text);
    case "PgEnumColumn":
    case "PgEnumObjectColumn":
      return enumValues?.includes(text) ?? false;
    default:
      return true;
  }
}

function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** By digits, as SQLite has it; equality by the number itself. */
function bigintForm(columnType: string): PostgresForm {
  const isNumeric = columnType === "PgNumericBigInt";
  return {
    held: (column) => sql`${column}::text collate "C"`,
    sought: (parameter) => cast(parameter, "text"),
    own: (parameter) => cast(parameter, isNumeric ? "numeric" : "bigint"),
    isPossible: (operand) => {
      const digits = String(operand);
      return isNumeric ? digits.length < 1_000 : BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
    },
  };
}

/**
 * An instant by its milliseconds: Drizzle, JavaScript and the wire have no more. A column of `precision: 3` or less has no more
 * either, and an index serves it.
 */
function dateForm(drizzle: TableColumn["drizzle"]): PostgresForm {
  const type = drizzle.columnType === "PgDate" ? "timestamp" : withoutPrecision(drizzle.getSQLType());
  const precision = "precision" in drizzle ? drizzle.precision : undefined;
  const isWhole = typeof precision === "number" && precision <= 3;
  return {
    held: (column) => {
      if (drizzle.columnType === "PgDate") return sql`${column}::timestamp`;
      return isWhole ? column : sql`date_trunc('milliseconds', ${column})`;
    },
    sought: (parameter) => cast(parameter, type),
    own: null,
    isPossible: () => true,
  };
}

function withoutPrecision(type: string): string {
  return type.includes("with time zone") ? "timestamptz" : "timestamp";
}

function cast(parameter: SQL, type: string): SQL {
  return sql`${parameter}::${sql.raw(type)}`;
}
