import { createComputed, createResource, onCleanup, untrack } from "solid-js";
import { createStore, reconcile, unwrap } from "solid-js/store";
import { type FollowedResult, type FollowOptions, LiveFollower } from "../binding/live-follower.ts";
import { type AskedOptions, isOff, type LiveMethod, liveText } from "../binding/live-text.ts";
import { withReads } from "../binding/with-reads.ts";
import type { LiveResult } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { thaw } from "./thaw.ts";

/** A value, or a function that reads one from signals. */
export type MaybeAccessor<T> = T | (() => T);

/** Options that every live query has. */
export interface UseLiveOptions extends FollowOptions {
  /**
   * The field that rows are told apart by: a row that changed is then the same object, of which only the changed fields are new. Null: a row
   * that changed is a new object. Default: `id`.
   */
  readonly key?: string | null | undefined;
}

/**
 * A live result in the shape of a resource. Called, it gives the data: below `Suspense` it waits for the first answer, and it throws a
 * refusal to the nearest `ErrorBoundary`. Its properties do neither; each is reactive by itself, so do not destructure it.
 */
export interface Live<T> extends Omit<LiveResult<T>, "data" | "hasMore" | "total"> {
  (): T;
  /** The data, without waiting and without throwing. */
  readonly latest: T;
  /** As of a resource: `unresolved` is off, `refreshing` shows the data of the query before. */
  readonly state: "unresolved" | "pending" | "ready" | "refreshing" | "errored";
  /** Whether there is no answer yet. */
  readonly loading: boolean;
  /** Asks for a whole new snapshot. Freshness never needs it; a refused query is tried again by it. */
  refresh(): Promise<void>;
}

/** A live query, and what only windows show of it. */
export interface AnyLive<T> extends Live<T>, Pick<FollowedResult<T>, "hasMore" | "total" | "isLoadingMore"> {
  loadMore(count?: number): Promise<void>;
}

/** Follows a live query, or the row of a key, until the owner is disposed of. */
export function useLive<T, R extends ResourceTypes>(
  method: LiveMethod,
  resource: MaybeAccessor<ResourceClient<R>>,
  query: unknown,
  options: (UseLiveOptions & AskedOptions) | undefined,
): AnyLive<T> {
  const asked = (): ResourceClient => read(resource) as unknown as ResourceClient;
  const text = (): string => liveText(read(query), options);
  const off = (): boolean => isOff(text());
  const follower = untrack(() => new LiveFollower<T>(asked(), method, text(), options));
  follower.open();
  const shown = useStore(follower, options?.key);
  createComputed(() => follower.follow(asked(), text()));
  onCleanup(() => follower.release());
  // What a boundary waits for; off there is nothing.
  const [wait] = createResource(
    () => !off() && [asked(), text()],
    () => follower.whenSettled(),
  );
  const state = (): Live<T>["state"] => {
    if (shown.status !== "pending") return shown.status === "error" ? "errored" : "ready";
    if (off()) return "unresolved";
    return shown.updatedAt === null ? "pending" : "refreshing";
  };
  const data = (): T => {
    // Rows that are there stay, also while the server cannot answer.
    if (shown.updatedAt === null) {
      if (shown.status === "error") throw shown.error;
      wait();
    }
    return shown.data;
  };
  const live = Object.assign(data, {
    refresh: () => follower.refresh(),
    loadMore: (count?: number) => follower.loadMore(count),
  });
  withReads(live, Object.keys(shown) as (keyof FollowedResult<T>)[], () => shown);
  return Object.defineProperties(live, {
    latest: { get: () => shown.data, enumerable: true },
    state: { get: state, enumerable: true },
    loading: { get: () => shown.status === "pending" && !off(), enumerable: true },
  }) as unknown as AnyLive<T>;
}

/** What a follower shows, as a store. */
function useStore<T>(follower: LiveFollower<T>, key: string | null = "id"): FollowedResult<T> {
  /** The rows that are shown, each with its object in the store, which has changed with it. */
  let known: ReadonlyMap<unknown, unknown> = new Map();
  const next = (): FollowedResult<T> => {
    const result = follower.getSnapshot();
    return { ...result, data: thaw(result.data, known) };
  };
  const [shown, set] = createStore(next());
  onCleanup(
    follower.subscribe(() => {
      set(reconcile(next(), { key }));
      const { data } = follower.getSnapshot();
      const rows: unknown = unwrap(shown).data;
      if (Array.isArray(data) && Array.isArray(rows))
        known = new Map(data.map((row, index) => [row, rows[index]]));
    }),
  );
  return shown;
}

function read<T>(value: MaybeAccessor<T>): T {
  return typeof value === "function" ? (value as () => T)() : value;
}
