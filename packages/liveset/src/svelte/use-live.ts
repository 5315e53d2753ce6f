import { createSubscriber } from "svelte/reactivity";
import { LazyLive, type LazyResult } from "../binding/lazy-live.ts";
import { type AnyResource, type AskedOptions, type LiveMethod, liveText } from "../binding/live-text.ts";
import { withReads } from "../binding/with-reads.ts";
import type { LiveResult } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";

/** A value, or a function that reads one from state. */
export type MaybeGetter<T> = T | (() => T);

/** Options that every live query has. */
export interface UseLiveOptions {
  /** After another query was asked for, shows the data of the one before, as stale, until the new one has an answer. */
  readonly keepPrevious?: boolean | undefined;
}

/** A store as Svelte defines them: what `$` in front of a name reads. */
export interface LiveStore<R> {
  /** Calls back at once and after each change; the returned function ends it. */
  subscribe(run: (value: R) => void): () => void;
}

/** What a live query shows, and `refresh`. */
export interface ShownLive<T> extends LiveResult<T> {
  /** Asks for a whole new snapshot. Freshness never needs it; a refused query is tried again by it. */
  refresh(): Promise<void>;
}

/**
 * A live result whose properties are reactive where they are read, so do not destructure it; what each says is described at `LiveResult`. It
 * is followed while something reactive reads it. It is a store as well: `$tasks.data`.
 */
export interface Live<T> extends ShownLive<T>, LiveStore<ShownLive<T>> {}

/** A live query, and what only windows show of it. */
export type AnyLive<T> = LazyResult<T> & LiveStore<LazyResult<T>>;

const names = [
  "data",
  "status",
  "connection",
  "error",
  "isStale",
  "recovery",
  "updatedAt",
  "hasMore",
  "total",
  "isLoadingMore",
  "refresh",
  "loadMore",
] as const;

/** Follows a live query, or the row of a key, where its result is read. */
export function useLive<T, R extends ResourceTypes>(
  method: LiveMethod,
  resource: MaybeGetter<ResourceClient<R>>,
  query: unknown,
  options: (UseLiveOptions & AskedOptions) | undefined,
): AnyLive<T> {
  let live: LazyLive<T> | null = null;
  let track = (): void => {};
  const present = (): LazyLive<T> => {
    const asked = read(resource) as AnyResource;
    const text = liveText(read(query), options);
    if (live?.resource !== asked || live.text !== text) {
      const previous = options?.keepPrevious === true ? live?.getSnapshot() : null;
      live = new LazyLive<T>(asked, method, text, previous);
      track = createSubscriber(live.subscribe);
    }
    return live;
  };
  const shown = (): LazyResult<T> => {
    const { getSnapshot } = present();
    track();
    return getSnapshot();
  };
  const subscribe = (run: (value: LazyResult<T>) => void): (() => void) => {
    const followed = present();
    const tell = (): void => run(followed.getSnapshot());
    const end = followed.subscribe(tell);
    tell();
    return end;
  };
  return withReads({ subscribe }, names, shown);
}

function read<T>(value: MaybeGetter<T>): T {
  return typeof value === "function" ? (value as () => T)() : value;
}
