import { isSame, type LazyResult } from "../binding/lazy-live.ts";

/**
 * A snapshot with what was selected as its data: the same object as long as the selection, and everything else that it shows, is the same.
 * `updatedAt` is when the selection became what it is.
 */
export function selectFrom<T, S = T>(
  getSnapshot: () => LazyResult<T>,
  select: ((data: T) => S) | undefined,
): () => LazyResult<S> {
  // Without a selector the two are one type.
  if (select === undefined) return getSnapshot as () => LazyResult<never>;
  let source: LazyResult<T> | null = null;
  let shown: LazyResult<S> | null = null;
  return () => {
    const next = getSnapshot();
    if (next === source && shown !== null) return shown;
    const data = select(next.data);
    source = next;
    const selected =
      shown !== null && isEqual(shown.data, data)
        ? { ...next, data: shown.data, updatedAt: shown.updatedAt ?? next.updatedAt }
        : { ...next, data };
    if (shown === null || !isSame(shown, selected)) shown = Object.freeze(selected);
    return shown;
  };
}

function isEqual(one: unknown, other: unknown): boolean {
  return Array.isArray(one) && Array.isArray(other) ? isSame(one, other) : Object.is(one, other);
}
