/** What is to be done with a statement of the user's. */
export type StatementKind = "read" | "write" | "border";

const firstWord = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*([a-z]+)/i;

const reading: ReadonlySet<string> = new Set(["select", "explain", "show", "values", "table"]);
const border: ReadonlySet<string> = new Set([
  "begin",
  "start",
  "commit",
  "end",
  "rollback",
  "abort",
  "savepoint",
  "release",
]);

/**
 * `border` would break the transactions that liveset keeps. WITH may write, so it counts as writing; what a function that SELECT
 * calls writes is heard a moment later.
 */
export function statementKind(sql: string): StatementKind {
  const word = firstWord.exec(sql)?.[1]?.toLowerCase() ?? "";
  if (reading.has(word)) return "read";
  return border.has(word) ? "border" : "write";
}
