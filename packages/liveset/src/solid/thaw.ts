/**
 * A copy of what a client shows, because a store of Solid's writes into its objects, and what clients show is frozen.
 *
 * @param known copies of rows that may be used again
 */
export function thaw<T>(value: T, known: ReadonlyMap<unknown, unknown>): T {
  const copy = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    if (Array.isArray(part)) return part.map(copy);
    return (
      known.get(part) ?? Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, copy(inner)]))
    );
  };
  return copy(value) as T;
}
