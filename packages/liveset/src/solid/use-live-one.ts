import type { Fields, Last, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type MaybeAccessor, type UseLiveOptions, useLive } from "./use-live.ts";

/**
 * One row by its key, live: undefined until it is known and null where it is absent or out of sight. The key may be a function that
 * reads signals; null and undefined are off.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveOne } from "liveset/solid";
 *
 * function Task(props: { id: number }) {
 *   const task = useLiveOne(useClient().resource("tasks"), () => props.id);
 *   return <p>{task() === null ? "Gone" : JSON.stringify(task())}</p>;
 * }
 * ```
 */
export function useLiveOne<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeAccessor<ResourceClient<T>>,
  key: MaybeAccessor<T["key"] | null | undefined>,
  ...[options]: Last<LiveOptions<T> & Fields<T, F, W> & UseLiveOptions>
): Live<Shown<T, F, W> | null | undefined> {
  return useLive("liveOne", resource, key, options);
}
