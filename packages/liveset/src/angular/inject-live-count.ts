import type { Last, LiveCountQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import type { LiveResource, LiveResourceOptions, MaybeFunction } from "./live-resource.ts";
import { makeLiveResource } from "./make-live-resource.ts";

/**
 * How many rows fit a query, live, without the rows: `value()` is undefined until it is known. The query may be a function; null is off.
 *
 * @example
 * ```ts
 * import { injectClient, injectLiveCount } from "liveset/angular";
 *
 * export class OpenTasks {
 *   readonly count = injectLiveCount(injectClient().resource("tasks"), { search: "milk" });
 * }
 * ```
 */
export function injectLiveCount<T extends ResourceTypes>(
  resource: MaybeFunction<ResourceClient<T>>,
  query?: MaybeFunction<LiveCountQuery<T> | null | undefined>,
  ...[options]: Last<MaybeFunction<LiveOptions<T> & LiveResourceOptions>>
): LiveResource<number | undefined> {
  return makeLiveResource<number | undefined>({
    method: "liveCount",
    empty: undefined,
    resource,
    query: query === undefined ? {} : query,
    options,
  });
}
