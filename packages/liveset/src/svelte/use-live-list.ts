import type { Last, LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type MaybeGetter, type UseLiveOptions, useLive } from "./use-live.ts";

/**
 * All rows that fit a query, live, while they are read. The query may be a function that reads state; null is off.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { useClient, useLiveList } from "liveset/svelte";
 *
 *   let words = $state("");
 *   const tasks = useLiveList(useClient().resource("tasks"), () => ({ search: words }));
 * </script>
 *
 * <input bind:value={words} />
 * <p>{tasks.data.length} tasks, {tasks.connection}</p>
 * ```
 */
export function useLiveList<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeGetter<ResourceClient<T>>,
  query: MaybeGetter<LiveListQuery<T, F, W> | null | undefined> = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Live<readonly Shown<T, F, W>[]> {
  return useLive("live", resource, query, options);
}
