import { type MaybeRefOrGetter, type ShallowRef, toValue } from "vue";
import { liveText } from "../binding/live-text.ts";
import type { Last, LiveOptions, LiveWindowQuery, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Awaitable, awaitable, type Live, type UseLiveOptions, useFollower } from "./live.ts";

/** A live window as refs, and the way to make it larger. */
export interface UsedWindow<T> extends Live<T> {
  /** Whether the list goes on behind the window; false while that is not known. */
  readonly hasMore: Readonly<ShallowRef<boolean>>;
  /** How many rows the whole list has, where the query asks for `total`. */
  readonly total: Readonly<ShallowRef<number | undefined>>;
  /** Whether a larger window is on its way. */
  readonly isLoadingMore: Readonly<ShallowRef<boolean>>;
  /**
   * Makes the window larger, by as many rows as it began with or by `count`.
   * @throws LivesetError when the larger one is refused. Nothing where another query was asked for meanwhile.
   */
  loadMore(count?: number): Promise<void>;
}

/**
 * The first rows that fit a query, live, and more of them when they are asked for. The query may be a ref or a getter; another
 * query begins with its own `limit` again, null is off.
 *
 * @example
 * ```ts
 * import { useClient, useLiveWindow } from "liveset/vue";
 *
 * const { data, hasMore, loadMore } = useLiveWindow(useClient().resource("tasks"), { limit: 50 });
 * // <button v-if="hasMore" @click="loadMore()">More</button>
 * ```
 */
export function useLiveWindow<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeRefOrGetter<ResourceClient<T>>,
  query: MaybeRefOrGetter<LiveWindowQuery<T, F, W> | null | undefined>,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Awaitable<UsedWindow<readonly Shown<T, F, W>[]>> {
  const text = (): string => liveText(toValue(query), { params: options?.params });
  const followed = useFollower<readonly Shown<T, F, W>[], T>("live", resource, text, options);
  const { follower, live, window } = followed;
  const loadMore = (count?: number): Promise<void> => follower.loadMore(count);
  return awaitable({ ...live, ...window, loadMore }, follower);
}
