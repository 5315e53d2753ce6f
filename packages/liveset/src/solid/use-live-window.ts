import type { Last, LiveOptions, LiveWindowQuery, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type MaybeAccessor, type UseLiveOptions, useLive } from "./use-live.ts";

/** A live window, and the way to make it larger. */
export interface UsedWindow<T> extends Live<T> {
  /** Whether the list goes on behind the window; false while that is not known. */
  readonly hasMore: boolean;
  /** How many rows the whole list has, where the query asks for `total`. */
  readonly total: number | undefined;
  /** Whether a larger window is on its way. */
  readonly isLoadingMore: boolean;
  /**
   * Makes the window larger, by as many rows as it began with or by `count`.
   * @throws LivesetError when the larger one is refused. Nothing where another query was asked for, or the component is gone, meanwhile.
   */
  loadMore(count?: number): Promise<void>;
}

/**
 * The first rows that fit a query, live, and more of them when they are asked for. The query may be a function that reads signals;
 * another one begins with its own `limit` again, null is off.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveWindow } from "liveset/solid";
 * import { Show } from "solid-js";
 *
 * function Newest() {
 *   const tasks = useLiveWindow(useClient().resource("tasks"), { limit: 50 });
 *   return <Show when={tasks.hasMore}><button onClick={() => void tasks.loadMore()}>More</button></Show>;
 * }
 * ```
 */
export function useLiveWindow<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeAccessor<ResourceClient<T>>,
  query: MaybeAccessor<LiveWindowQuery<T, F, W> | null | undefined>,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): UsedWindow<readonly Shown<T, F, W>[]> {
  return useLive("live", resource, query, options);
}
