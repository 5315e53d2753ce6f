/** What a list has no more, and what it did not have. */
export interface ChangedRows<Row> {
  readonly gone: readonly Row[];
  readonly come: readonly Row[];
}

/**
 * What is different between two states of a list, by the identity of its rows. Lists are mostly the same from both ends, so one
 * changed row costs a comparison for each row and nothing else.
 */
export function changedRows<Row>(before: readonly Row[], after: readonly Row[]): ChangedRows<Row> {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const gone = before.slice(start, before.length - end);
  const come = after.slice(start, after.length - end);
  if (gone.length === 0 || come.length === 0) return { gone, come };
  const old = new Set(gone);
  const now = new Set(come);
  return { gone: gone.filter((row) => !now.has(row)), come: come.filter((row) => !old.has(row)) };
}
