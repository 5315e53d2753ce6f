import type { Last, LiveCountQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { type Live, type MaybeAccessor, type UseLiveOptions, useLive } from "./use-live.ts";

/**
 * How many rows fit a query, live, without the rows: undefined until it is known. The query may be a function that reads signals; null
 * is off.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveCount } from "liveset/solid";
 *
 * function Milk() {
 *   const count = useLiveCount(useClient().resource("tasks"), { search: "milk" });
 *   return <b>{count()}</b>;
 * }
 * ```
 */
export function useLiveCount<T extends ResourceTypes>(
  resource: MaybeAccessor<ResourceClient<T>>,
  query: MaybeAccessor<LiveCountQuery<T> | null | undefined> = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Live<number | undefined> {
  return useLive("liveCount", resource, query, options);
}
