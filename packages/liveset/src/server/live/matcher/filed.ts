import type { IndexKey } from "../../../core/query/index-key.ts";

/** An item in a matcher: what is needed to find it, and to remove it exactly as it was filed. */
export interface Filed<T> {
  readonly item: T;
  /** Where it is filed; null: among those that every change may concern. */
  readonly keys: readonly IndexKey[] | null;
  /** The columns whose change may concern it, as bits (see `ColumnMasks`). */
  readonly mask: number;
  /** The last probe that came across it: what is filed under several keys is found once, without a set for each probe. */
  probe: number;
}

/** Everything under one key. Nearly always that is one item, so it is no set until there are two. */
export type Bucket<T> = Filed<T> | Set<Filed<T>>;

/** The bucket with one more. */
export function put<T>(bucket: Bucket<T> | undefined, filed: Filed<T>): Bucket<T> {
  if (bucket === undefined) return filed;
  if (bucket instanceof Set) return bucket.add(filed);
  return bucket === filed ? bucket : new Set([bucket, filed]);
}

/** The bucket without one; undefined where nothing is left. */
export function drop<T>(bucket: Bucket<T>, filed: Filed<T>): Bucket<T> | undefined {
  if (!(bucket instanceof Set)) return bucket === filed ? undefined : bucket;
  bucket.delete(filed);
  return bucket.size > 0 ? bucket : undefined;
}

export function sizeOf<T>(bucket: Bucket<T> | undefined): number {
  if (bucket === undefined) return 0;
  return bucket instanceof Set ? bucket.size : 1;
}
