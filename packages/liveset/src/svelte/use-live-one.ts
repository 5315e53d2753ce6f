import type { Fields, Last, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type MaybeGetter, type UseLiveOptions, useLive } from "./use-live.ts";

/**
 * One row by its key, live: `data` is undefined until it is known and null where it is absent or out of sight. The key may be a
 * function that reads state; null and undefined are off.
 *
 * @example
 * ```svelte
 * <script lang="ts">
 *   import { useClient, useLiveOne } from "liveset/svelte";
 *
 *   let { id }: { id: number } = $props();
 *   const task = useLiveOne(useClient().resource("tasks"), () => id);
 * </script>
 *
 * <p>{task.data === null ? "Gone" : JSON.stringify(task.data)}</p>
 * ```
 */
export function useLiveOne<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeGetter<ResourceClient<T>>,
  key: MaybeGetter<T["key"] | null | undefined>,
  ...[options]: Last<LiveOptions<T> & Fields<T, F, W> & UseLiveOptions>
): Live<Shown<T, F, W> | null | undefined> {
  return useLive("liveOne", resource, key, options);
}
