import type { Fields, Last, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import type { LiveResource, LiveResourceOptions, MaybeFunction } from "./live-resource.ts";
import { makeLiveResource } from "./make-live-resource.ts";

/**
 * One row by its key, live: `value()` is undefined until it is known and null where it is absent or out of sight. The key may be a
 * function; null and undefined are off.
 *
 * @example
 * ```ts
 * import { signal } from "@angular/core";
 * import { injectClient, injectLiveOne } from "liveset/angular";
 *
 * export class TaskDetail {
 *   readonly id = signal<number | null>(null);
 *   readonly task = injectLiveOne(injectClient().resource("tasks"), this.id);
 * }
 * ```
 */
export function injectLiveOne<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeFunction<ResourceClient<T>>,
  key: MaybeFunction<T["key"] | null | undefined>,
  ...[options]: Last<MaybeFunction<LiveOptions<T> & Fields<T, F, W> & LiveResourceOptions>>
): LiveResource<Shown<T, F, W> | null | undefined> {
  return makeLiveResource<Shown<T, F, W> | null | undefined>({
    method: "liveOne",
    empty: undefined,
    resource,
    query: key,
    options,
  });
}
