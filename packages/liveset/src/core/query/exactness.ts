import type { ColumnKind, Columns } from "./column-kind.ts";
import type { Lookup } from "./lookup.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import type { Predicate } from "./predicate.ts";

/**
 * Whether a lookup on a column of this kind, evaluated in memory, selects exactly the rows that the database
 * selects. Where it does not, only the database may decide.
 *
 * SQLite: all that a kind allows, because text is compared by BINARY whatever the column declares. PostgreSQL: text and instants
 * too, because they are compared by code point and by the millisecond; a number that is not whole may be a `numeric` there, with
 * more digits than a number of JavaScript's, and may be NaN, so those are exact for NULL alone.
 */
export function isExact(lookup: Lookup, kind: ColumnKind, dialect: "sqlite" | "postgres"): boolean {
  if (!lookupsOfKind(kind).has(lookup)) return false;
  if (dialect === "sqlite" || lookup === "isnull") return true;
  return kind !== "real";
}

/**
 * Whether a whole predicate, evaluated in memory, selects exactly the rows that the database selects. Never where it
 * crosses a relation or has a part in SQL, which a row alone does not tell.
 */
export function isExactPredicate(
  predicate: Predicate,
  columns: Columns,
  dialect: "sqlite" | "postgres",
): boolean {
  switch (predicate.op) {
    case "true":
    case "false":
      return true;
    case "and":
    case "or":
      return predicate.of.every((part) => isExactPredicate(part, columns, dialect));
    case "not":
      return isExactPredicate(predicate.of, columns, dialect);
    case "compare": {
      const column = columns.get(predicate.column);
      return column !== undefined && isExact(predicate.lookup, column.kind, dialect);
    }
    case "related":
    case "opaque":
      return false;
    default:
      return predicate satisfies never;
  }
}
