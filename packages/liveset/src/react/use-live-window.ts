import type { Last, LiveOptions, LiveWindowQuery, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type UseLiveOptions, useLive, useLiveSuspense } from "./use-live.ts";

/** A live window, and the way to make it larger. */
export interface UsedWindow<T> extends Live<T> {
  /** Whether the list goes on behind the window; false while that is not known. */
  readonly hasMore: boolean;
  /** Whether a larger window is on its way. */
  readonly isLoadingMore: boolean;
  /**
   * Makes the window larger, by as many rows as it began with or by `count`.
   * @throws LivesetError when the larger one is refused. Nothing where another query was asked for, or the component is gone, meanwhile.
   */
  loadMore(count?: number): Promise<void>;
}

/**
 * The first rows that fit a query, live, and more of them when they are asked for. Another query begins with its own `limit`
 * again, null is off.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveWindow } from "liveset/react";
 *
 * function Newest() {
 *   const { data, hasMore, loadMore } = useLiveWindow(useClient().resource("tasks"), { limit: 50 });
 *   return <p>{data.length} tasks {hasMore && <button onClick={() => void loadMore()}>More</button>}</p>;
 * }
 * ```
 */
export function useLiveWindow<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
  S = readonly Shown<T, F, W>[],
>(
  resource: ResourceClient<T>,
  query: LiveWindowQuery<T, F, W> | null | undefined,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions<readonly Shown<T, F, W>[], S>>
): UsedWindow<S> {
  return useLive(resource, "live", query, options);
}

/**
 * The same, but the component suspends until there is an answer, and a refusal is thrown to the nearest error boundary. It does not
 * suspend while the window grows.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveWindowSuspense } from "liveset/react";
 *
 * function Newest() {
 *   const { data } = useLiveWindowSuspense(useClient().resource("tasks"), { limit: 50 });
 *   return <p>{data.length} tasks</p>;
 * }
 * ```
 */
export function useLiveWindowSuspense<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
  S = readonly Shown<T, F, W>[],
>(
  resource: ResourceClient<T>,
  query: LiveWindowQuery<T, F, W> | null | undefined,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions<readonly Shown<T, F, W>[], S>>
): UsedWindow<S> {
  return useLiveSuspense(resource, "live", query, options);
}
