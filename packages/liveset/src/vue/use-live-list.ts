import { type MaybeRefOrGetter, toValue } from "vue";
import { liveText } from "../binding/live-text.ts";
import type { Last, LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Awaitable, awaitable, type Live, type UseLiveOptions, useFollower } from "./live.ts";

/**
 * All rows that fit a query, live, for as long as the component (or the effect scope) lives. The query may be a ref or a getter;
 * null is off: no data, `status` pending, `connection` paused.
 *
 * @example
 * ```ts
 * import { useClient, useLiveList } from "liveset/vue";
 * import { ref } from "vue";
 *
 * const words = ref("");
 * const { data, status, connection } = useLiveList(useClient().resource("tasks"), () => ({
 *   search: words.value,
 * }));
 * ```
 */
export function useLiveList<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeRefOrGetter<ResourceClient<T>>,
  query?: MaybeRefOrGetter<LiveListQuery<T, F, W> | null | undefined>,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Awaitable<Live<readonly Shown<T, F, W>[]>> {
  const text = (): string => liveText(query === undefined ? {} : toValue(query), { params: options?.params });
  const { follower, live } = useFollower<readonly Shown<T, F, W>[], T>("live", resource, text, options);
  return awaitable(live, follower);
}
