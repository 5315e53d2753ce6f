import type { Last, LiveOptions, LiveWindowQuery, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type LiveStore, type MaybeGetter, type UseLiveOptions, useLive } from "./use-live.ts";

/** What a live window shows, and the way to make it larger. */
export interface ShownWindow<T> extends Omit<Live<T>, "subscribe"> {
  /** Whether the list goes on behind the window; false while that is not known. */
  readonly hasMore: boolean;
  /** Whether a larger window is on its way. */
  readonly isLoadingMore: boolean;
  /**
   * Makes the window larger, by as many rows as it began with or by `count`. Nothing while it is not read.
   * @throws LivesetError when the larger one is refused. Nothing where another query was asked for, or nothing reads it, meanwhile.
   */
  loadMore(count?: number): Promise<void>;
}

/** A live window: reactive properties, and a store. */
export interface UsedWindow<T> extends ShownWindow<T>, LiveStore<ShownWindow<T>> {}

/**
 * The first rows that fit a query, live, and more of them when they are asked for. The query may be a function that reads state;
 * another one begins with its own `limit` again, null is off.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { useClient, useLiveWindow } from "liveset/svelte";
 *
 *   const tasks = useLiveWindow(useClient().resource("tasks"), { limit: 50 });
 * </script>
 *
 * <p>{tasks.data.length} tasks</p>
 * {#if tasks.hasMore}<button onclick={() => tasks.loadMore()}>More</button>{/if}
 * ```
 */
export function useLiveWindow<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeGetter<ResourceClient<T>>,
  query: MaybeGetter<LiveWindowQuery<T, F, W> | null | undefined>,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): UsedWindow<readonly Shown<T, F, W>[]> {
  return useLive("live", resource, query, options);
}
