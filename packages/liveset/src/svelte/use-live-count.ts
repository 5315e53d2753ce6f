import type { Last, LiveCountQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { type Live, type MaybeGetter, type UseLiveOptions, useLive } from "./use-live.ts";

/**
 * How many rows fit a query, live, without the rows: `data` is undefined until it is known. The query may be a function that reads
 * state; null is off.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { useClient, useLiveCount } from "liveset/svelte";
 *
 *   const milk = useLiveCount(useClient().resource("tasks"), { search: "milk" });
 * </script>
 *
 * <b>{milk.data}</b>
 * ```
 */
export function useLiveCount<T extends ResourceTypes>(
  resource: MaybeGetter<ResourceClient<T>>,
  query: MaybeGetter<LiveCountQuery<T> | null | undefined> = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Live<number | undefined> {
  return useLive("liveCount", resource, query, options);
}
