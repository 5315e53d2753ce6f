/** What is to be done with a statement that comes outside of a transaction. */
export type StatementKind = "read" | "write" | "border" | "other";

const firstWord = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*([a-z]+)/i;

const kinds: { readonly [word: string]: StatementKind } = {
  select: "read",
  explain: "read",
  insert: "write",
  update: "write",
  delete: "write",
  replace: "write",
  with: "write",
  create: "write",
  alter: "write",
  drop: "write",
  begin: "border",
  commit: "border",
  end: "border",
  rollback: "border",
  savepoint: "border",
  release: "border",
};

/**
 * `read` runs on a reader, `write` in a transaction, `border` would break the one that liveset keeps, and `other` (PRAGMA,
 * VACUUM, ATTACH) runs on the writer outside of one. WITH may write, so it counts as writing.
 */
export function statementKind(sql: string): StatementKind {
  const word = firstWord.exec(sql)?.[1]?.toLowerCase() ?? "";
  return (Object.hasOwn(kinds, word) ? kinds[word] : undefined) ?? "other";
}
