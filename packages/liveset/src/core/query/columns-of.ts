import type { Predicate } from "./predicate.ts";

/**
 * The columns of its own table that a predicate reads, those included by which rows of other tables are related; null
 * where that may be any, because a part of it is the user's own SQL.
 */
export function columnsOf(predicate: Predicate): ReadonlySet<string> | null {
  const columns = new Set<string>();
  return collect(predicate, columns) ? columns : null;
}

/** False where the columns are not known. */
function collect(predicate: Predicate, columns: Set<string>): boolean {
  switch (predicate.op) {
    case "true":
    case "false":
      return true;
    case "compare":
      columns.add(predicate.column);
      return true;
    case "not":
      return collect(predicate.of, columns);
    case "and":
    case "or":
      return predicate.of.every((child) => collect(child, columns));
    case "related":
      for (const column of predicate.relation.from) columns.add(column);
      return true;
    case "opaque":
      return false;
    default:
      return predicate satisfies never;
  }
}
