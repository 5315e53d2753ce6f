import { type MaybeRefOrGetter, toValue } from "vue";
import { liveText } from "../binding/live-text.ts";
import type { Last, LiveCountQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { type Awaitable, awaitable, type Live, type UseLiveOptions, useFollower } from "./live.ts";

/**
 * How many rows fit a query, live, without the rows: `data` is undefined until it is known. The query may be a ref or a getter;
 * null is off.
 *
 * @example
 * ```ts
 * import { useClient, useLiveCount } from "liveset/vue";
 *
 * const { data: count } = useLiveCount(useClient().resource("tasks"), { search: "milk" });
 * ```
 */
export function useLiveCount<T extends ResourceTypes>(
  resource: MaybeRefOrGetter<ResourceClient<T>>,
  query?: MaybeRefOrGetter<LiveCountQuery<T> | null | undefined>,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Awaitable<Live<number | undefined>> {
  const text = (): string => liveText(query === undefined ? {} : toValue(query), { params: options?.params });
  const { follower, live } = useFollower<number | undefined, T>("liveCount", resource, text, options);
  return awaitable(live, follower);
}
