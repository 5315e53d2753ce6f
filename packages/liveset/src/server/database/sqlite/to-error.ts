import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { TableColumn, TableInfo } from "../../table/table-info.ts";
import { coded, uniqueIssues } from "../constraint-errors.ts";
import { findSqliteError, primary, type SqliteError } from "./sqlite-error.ts";

/** Extended codes of a broken constraint. */
const constraint = {
  check: 275,
  foreignKey: 787,
  notNull: 1299,
  primaryKey: 1555,
  unique: 2067,
  rowId: 2579,
  dataType: 3091,
} as const;

const unavailable: ReadonlySet<number> = new Set([
  primary.busy,
  primary.locked,
  primary.readOnly,
  primary.ioError,
  primary.corrupt,
  primary.full,
  primary.cannotOpen,
  primary.notADatabase,
]);

/** A SQL column's name in Drizzle's table, or itself where the table is not known. */
export type NameOf = (table: string, column: string) => string;

/** Looks names up in the tables. SQL's names know no case. */
export function nameOf(tables: readonly TableInfo[], sqlNameOf: (column: TableColumn) => string): NameOf {
  const names = new Map<string, string>();
  for (const { name, columns } of tables)
    for (const column of columns.values())
      names.set(`${name}.${sqlNameOf(column)}`.toLowerCase(), column.name);
  return (table, column) => names.get(`${table}.${column}`.toLowerCase()) ?? column;
}

/** An error of SQLite as a coded one; one that Drizzle wrapped without need is unwrapped; null for any other. */
export function toError(thrown: unknown, propertyOf: NameOf): LivesetError | null {
  if (thrown instanceof Error && thrown.cause instanceof LivesetError) return thrown.cause;
  const error = findSqliteError(thrown);
  if (error === null) return null;
  const code = error.errcode & 0xff;
  if (code === primary.constraint) return constraintError(error, propertyOf, thrown);
  if (unavailable.has(code)) return new LivesetError("unavailable", { cause: thrown });
  return null;
}

function constraintError(error: SqliteError, propertyOf: NameOf, cause: unknown): LivesetError | null {
  const names = columnsIn(error.message, propertyOf);
  switch (error.errcode) {
    case constraint.unique:
    case constraint.primaryKey:
    case constraint.rowId:
      return coded("conflict", uniqueIssues(names), cause);
    case constraint.foreignKey:
      return coded(
        "conflict",
        [
          {
            path: [],
            code: "foreign_key",
            message: "A row that is referred to does not exist, or is still referred to.",
          },
        ],
        cause,
      );
    case constraint.notNull:
      return coded(
        "invalid",
        names.map((name) => ({ path: [name], code: "required", message: `${name} must have a value.` })),
        cause,
      );
    case constraint.check:
      return coded(
        "invalid",
        [{ path: [], code: "check", message: `The row breaks the rule "${subject(error.message)}".` }],
        cause,
      );
    case constraint.dataType:
      return coded(
        "invalid",
        names.map((name) => ({
          path: [name],
          code: "invalid_type",
          message: `${name} does not take a value of this type.`,
        })),
        cause,
      );
    default:
      return null;
  }
}

/** The columns of "UNIQUE constraint failed: t.a, t.b" and of "cannot store TEXT value in INTEGER column t.a". */
function columnsIn(message: string, propertyOf: NameOf): string[] {
  const list = /constraint failed: (.*)$/s.exec(message)?.[1] ?? / column (\S+)$/.exec(message)?.[1] ?? "";
  if (list === "" || list.startsWith("index '")) return [];
  return list.split(", ").map((part) => {
    const dot = part.lastIndexOf(".");
    return propertyOf(part.slice(0, Math.max(dot, 0)), part.slice(dot + 1));
  });
}

function subject(message: string): string {
  return /constraint failed: (.*)$/s.exec(message)?.[1] ?? message;
}
