import type { Last, LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import type { LiveResource, LiveResourceOptions, MaybeFunction } from "./live-resource.ts";
import { makeLiveResource } from "./make-live-resource.ts";

/**
 * All rows that fit a query, live, for as long as the component or the service lives. The query may be a function: signals that it reads are
 * followed; null is off (`idle`). What is asked for changes nothing as long as it is equal.
 *
 * @example
 * ```ts
 * import { signal } from "@angular/core";
 * import { injectClient, injectLiveList } from "liveset/angular";
 *
 * export class TaskPage {
 *   readonly words = signal("");
 *   readonly tasks = injectLiveList(injectClient().resource("tasks"), () => ({ search: this.words() }));
 *   // @for (task of tasks.value(); track task.id) { … }
 * }
 * ```
 */
export function injectLiveList<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeFunction<ResourceClient<T>>,
  query?: MaybeFunction<LiveListQuery<T, F, W> | null | undefined>,
  ...[options]: Last<MaybeFunction<LiveOptions<T> & LiveResourceOptions>>
): LiveResource<readonly Shown<T, F, W>[]> {
  return makeLiveResource<readonly Shown<T, F, W>[]>({
    method: "live",
    empty: [],
    resource,
    query: query === undefined ? {} : query,
    options,
  });
}
