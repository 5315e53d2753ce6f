import type { Predicate } from "./predicate.ts";

/** The names of the columns that a predicate reads. */
export function columnsOf(predicate: Predicate): ReadonlySet<string> {
  const columns = new Set<string>();
  collect(predicate, columns);
  return columns;
}

function collect(predicate: Predicate, columns: Set<string>): void {
  switch (predicate.op) {
    case "true":
    case "false":
      return;
    case "compare":
      columns.add(predicate.column);
      return;
    case "not":
      collect(predicate.of, columns);
      return;
    case "and":
    case "or":
      for (const child of predicate.of) collect(child, columns);
      return;
    default:
      predicate satisfies never;
  }
}
