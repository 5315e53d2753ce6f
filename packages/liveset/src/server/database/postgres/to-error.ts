import { type Issue, LivesetError } from "../../../core/error/liveset-error.ts";
import type { TableInfo } from "../../table/table-info.ts";
import { coded, uniqueIssues } from "../constraint-errors.ts";
import { findPostgresError, isConnectionFailure, type PostgresError } from "./postgres-error.ts";

/** A SQL column's name in Drizzle's table, or itself where the table is not known. */
export type NameOf = (schema: string, table: string, column: string) => string;

/** Looks names up in the tables. `sqlNames` gives the names of a table's columns in the database, in the order of its columns. */
export function nameOf(
  tables: readonly {
    readonly info: TableInfo;
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly { readonly name: string }[];
  }[],
): NameOf {
  const names = new Map<string, string>();
  for (const { info, schema, name, columns } of tables)
    [...info.columns.keys()].forEach((property, i) => {
      names.set(JSON.stringify([schema, name, columns[i]?.name]), property);
    });
  return (schema, table, column) => names.get(JSON.stringify([schema, table, column])) ?? column;
}

/** An error of PostgreSQL's or of its connection's as a coded one; null for any other. */
export function toError(thrown: unknown, propertyOf: NameOf): LivesetError | null {
  if (thrown instanceof LivesetError) return null;
  if (thrown instanceof Error && thrown.cause instanceof LivesetError) return thrown.cause;
  if (isConnectionFailure(thrown)) return new LivesetError("unavailable", { retryAfter: 1, cause: thrown });
  const error = findPostgresError(thrown);
  return error === null ? null : fromCode(error, propertyOf, thrown);
}

function fromCode(error: PostgresError, propertyOf: NameOf, cause: unknown): LivesetError | null {
  const { code, schema = "", table = "", column, constraint = "" } = error;
  const rule = { path: [], code: "check", message: `The row breaks the rule "${constraint}".` };
  const value = { path: [], code: "invalid_value", message: `The database says: ${error.message}.` };
  switch (code) {
    case "23505":
      return coded("conflict", uniqueIssues(columnsOf(error, propertyOf)), cause);
    case "23P01":
      return coded("conflict", [{ ...rule, code: "exclusion" }], cause);
    case "23503":
    case "23001":
      return coded("conflict", [foreignKey], cause);
    case "23502": {
      const name = propertyOf(schema, table, column ?? "");
      return coded(
        "invalid",
        [{ path: [name], code: "required", message: `${name} must have a value.` }],
        cause,
      );
    }
    case "23514":
      return coded("invalid", [rule], cause);
    // No value of the type: text that is no UUID or unknown to an enum, too long, out of range, no date; NUL in a text.
    case "22P02":
    case "22001":
    case "22003":
    case "22007":
    case "22008":
    case "22009":
    case "22021":
    case "22P05":
      return coded("invalid", [value], cause);
    default:
      return unavailable.test(code) ? new LivesetError("unavailable", { retryAfter: 1, cause }) : null;
  }
}

/** Transactions in each other's way, no resources, a lock or a time limit, and a server that takes no writes now. */
const unavailable = /^(40001|40P01|53...|55P03|57014|25006|58...)$/;

const foreignKey: Issue = {
  path: [],
  code: "foreign_key",
  message: "A row that is referred to does not exist, or is still referred to.",
};

/** The columns of "Key (a, "b c")=(1, 2) already exists."; none of an index on an expression. */
function columnsOf({ detail = "", schema = "", table = "" }: PostgresError, propertyOf: NameOf): string[] {
  const list = /\(((?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+|, )+)\)=\(/u.exec(detail)?.[1] ?? "";
  const names = list.match(/"(?:[^"]|"")*"|[^,\s"]+/g) ?? [];
  return names.map((name) =>
    propertyOf(schema, table, name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name),
  );
}
