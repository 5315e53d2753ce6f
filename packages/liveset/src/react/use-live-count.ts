import type { Last, LiveCountQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { type Live, type UseLiveOptions, useLive, useLiveSuspense } from "./use-live.ts";

/**
 * How many rows fit a query, live, without the rows: `data` is undefined until it is known. Null is off.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveCount } from "liveset/react";
 *
 * function Milk() {
 *   const { data: count } = useLiveCount(useClient().resource("tasks"), { search: "milk" });
 *   return <b>{count}</b>;
 * }
 * ```
 */
export function useLiveCount<T extends ResourceTypes, S = number | undefined>(
  resource: ResourceClient<T>,
  query: LiveCountQuery<T> | null = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions<number | undefined, S>>
): Live<S> {
  return useLive(resource, "liveCount", query, options);
}

/**
 * The same, but the component suspends until the number is known, and a refusal is thrown to the nearest error boundary.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveCountSuspense } from "liveset/react";
 *
 * function Count() {
 *   return <b>{useLiveCountSuspense(useClient().resource("tasks"), {}).data.toFixed()}</b>;
 * }
 * ```
 */
export function useLiveCountSuspense<T extends ResourceTypes, S = number>(
  resource: ResourceClient<T>,
  query: LiveCountQuery<T> = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions<number, S>>
): Live<S> {
  return useLiveSuspense(resource, "liveCount", query, options);
}
