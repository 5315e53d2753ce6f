import type { Last, LiveOptions, LiveWindowQuery, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import type { LiveResourceOptions, LiveWindowResource, MaybeFunction } from "./live-resource.ts";
import { makeLiveResource } from "./make-live-resource.ts";

/**
 * The first rows that fit a query, live, and more of them when they are asked for. Another query begins with its own `limit` again,
 * null is off.
 *
 * @example
 * ```ts
 * import { injectClient, injectLiveWindow } from "liveset/angular";
 *
 * export class NewestTasks {
 *   readonly tasks = injectLiveWindow(injectClient().resource("tasks"), { limit: 50 });
 *   // @if (tasks.hasMore()) { <button (click)="tasks.loadMore()">More</button> }
 * }
 * ```
 */
export function injectLiveWindow<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeFunction<ResourceClient<T>>,
  query: MaybeFunction<LiveWindowQuery<T, F, W> | null | undefined>,
  ...[options]: Last<MaybeFunction<LiveOptions<T> & LiveResourceOptions>>
): LiveWindowResource<readonly Shown<T, F, W>[]> {
  return makeLiveResource<readonly Shown<T, F, W>[]>({ method: "live", empty: [], resource, query, options });
}
