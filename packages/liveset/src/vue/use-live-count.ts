import { type MaybeRefOrGetter, toValue } from "vue";
import type { Last, LiveCountQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { type Live, type UseLiveOptions, useLive } from "./live.ts";

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
): Live<number | undefined> {
  const asked = (): LiveCountQuery<T> | null | undefined => (query === undefined ? {} : toValue(query));
  const text = (): string => JSON.stringify([asked() ?? null, options?.params]);
  return useLive(
    [() => toValue(resource), text],
    () => {
      const [copy, params] = JSON.parse(text()) as [LiveCountQuery<T> | null, unknown];
      const liveCount = toValue(resource).liveCount as (
        query: unknown,
        options: unknown,
      ) => ReturnType<ResourceClient<T>["liveCount"]>;
      return liveCount(copy, params === null ? undefined : { params });
    },
    () => (asked() ?? null) === null,
    options ?? {},
  );
}
