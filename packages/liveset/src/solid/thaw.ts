/**
 * A copy of what a client shows, because a store of Solid's writes into its objects, and what clients show is frozen.
 *
 * @param known copies of rows that may be used again
 */
export function thaw<T>(value: T, known: ReadonlyMap<unknown, unknown>): T {
  return (Array.isArray(value) ? value.map((row) => known.get(row) ?? copy(row)) : copy(value)) as T;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copy(part)]));
}
