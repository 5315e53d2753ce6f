import { computed, type Signal, signal, untracked } from "@angular/core";
import type { LiveResult } from "../client/live-handle.ts";
import { followLive, type LiveSource } from "./follow-live.ts";
import type { LiveWindowResource } from "./live-resource.ts";

/** Follows a live query as signals, for as long as the injector lives. */
export function makeLiveResource<T>(source: LiveSource<T>): LiveWindowResource<T> {
  const { result, isIdle, handle } = followLive(source);
  const reloads = signal(0);
  const part = <K extends keyof LiveResult<T>>(name: K): Signal<LiveResult<T>[K]> =>
    computed(() => result()[name]);
  const answer = part("status");
  const status = computed(() => {
    if (isIdle()) return "idle";
    if (answer() === "pending") return "loading";
    if (reloads() > 0) return "reloading";
    return answer() === "error" ? "error" : "resolved";
  });
  const refresh = async (): Promise<void> => {
    reloads.update((count) => count + 1);
    try {
      await untracked(handle)?.refresh();
    } finally {
      reloads.update((count) => count - 1);
    }
  };
  const growing = signal<object | null>(null);
  const loadMore = async (count?: number): Promise<void> => {
    const grown = untracked(handle);
    growing.set(grown);
    try {
      await grown?.loadMore?.(count);
    } catch (thrown) {
      if (grown === untracked(handle)) throw thrown;
    } finally {
      if (grown === untracked(growing)) growing.set(null);
    }
  };
  const value = part("data");
  const updatedAt = part("updatedAt");
  const error = computed(() => result().error ?? undefined);
  const live = {
    value,
    status,
    error,
    isLoading: computed(() => status().endsWith("loading")),
    snapshot: computed(() => ({ status: status(), value: value(), error: error() })),
    connection: part("connection"),
    isStale: part("isStale"),
    recovery: part("recovery"),
    updatedAt,
    hasMore: computed(() => result().hasMore ?? false),
    total: part("total"),
    isLoadingMore: computed(() => growing() !== null && growing() === handle()),
    hasValue: () => updatedAt() !== null && value() !== undefined,
    reload: () => {
      if (!["resolved", "error"].includes(untracked(status))) return false;
      // Why it is refused is shown.
      refresh().catch(() => {});
      return true;
    },
    refresh,
    loadMore,
  };
  // Angular's types tell apart what has a value and what has none, by the status and by `hasValue`.
  return live as unknown as LiveWindowResource<T>;
}
