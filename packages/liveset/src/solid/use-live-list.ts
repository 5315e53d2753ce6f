import type { Last, LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type MaybeAccessor, type UseLiveOptions, useLive } from "./use-live.ts";

/**
 * All rows that fit a query, live, for as long as the component lives. The query may be a function that reads signals; null is off.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveList } from "liveset/solid";
 * import { For } from "solid-js";
 *
 * function Tasks(props: { words: string }) {
 *   const tasks = useLiveList(useClient().resource("tasks"), () => ({ search: props.words }));
 *   return <ul title={tasks.connection}><For each={tasks()}>{(task) => <li>{JSON.stringify(task)}</li>}</For></ul>;
 * }
 * ```
 */
export function useLiveList<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeAccessor<ResourceClient<T>>,
  query: MaybeAccessor<LiveListQuery<T, F, W> | null | undefined> = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Live<readonly Shown<T, F, W>[]> {
  return useLive("live", resource, query, options);
}
