import type { RowEffects } from "./row-effects.ts";

/** How long loaded rows are good. Times in ms. */
export interface Lifetimes {
  /** Age at which a row is dirty: it is fetched anew, at once where somebody watches it, else when it is read. -1: never. Default 15 minutes. */
  readonly markDirtyTime?: number;
  /**
   * Age at which a row that nobody watches is removed. 0 or less: never. Below `markDirtyTime` it is twice that. Default 30 minutes;
   * never, where rows are never dirty.
   */
  readonly removeTime?: number;
}

/** What happens to rows of which a notice says that they have changed. */
export type Refetch =
  /** Those that somebody watches are fetched, the others are dirty. */
  | "watched"
  /** All that are stored are fetched. */
  | "stored"
  /** All are dirty, and fetched when they are read. */
  | "read";

/** What a lazy resource is. */
export interface LazyDefinition<Row extends object> extends Lifetimes {
  readonly effects: RowEffects<Row>;
  /** What is shown of a row that is not there yet. */
  readonly defaultRow: (id: string) => Row;
  /** Name of the field that has the row's id. Default `id`. */
  readonly key?: string;
  /** Fields whose values are ids of rows of other lazy resources: a list of them, or `{indexes, length, startIndex?}` of a part. */
  readonly children?: Readonly<Record<string, string>>;
  /** Whether the row `"1"` is loaded by itself: the one from which all others are reached. */
  readonly isInitialRow?: boolean;
  /** A namespace: the same resource may be lazy in several, each with rows of its own. */
  readonly feature?: string;
  /** Default `"watched"`. */
  readonly refetch?: Refetch;
  /** Ids of one call of `loadByIds`. Default 1,000. */
  readonly chunkSize?: number;
  /** Calls of `loadByIds`, and of `loadByIndexes`, at the same time. Default 4. */
  readonly concurrency?: number;
  /** How many ids on either side of those read are loaded along, where ids are loaded by range. Default 0. */
  readonly prefetch?: number;
}

/** Lifetimes with the defaults in place. */
export function resolveLifetimes(own: Lifetimes, general: Lifetimes = {}): Required<Lifetimes> {
  const markDirtyTime = own.markDirtyTime ?? general.markDirtyTime ?? 15 * 60_000;
  const asked = own.removeTime ?? (own.markDirtyTime === -1 ? undefined : general.removeTime);
  if (markDirtyTime < 0) return { markDirtyTime, removeTime: asked ?? 0 };
  const removeTime = asked ?? 30 * 60_000;
  return {
    markDirtyTime,
    removeTime: removeTime > 0 && removeTime < markDirtyTime ? 2 * markDirtyTime : removeTime,
  };
}
