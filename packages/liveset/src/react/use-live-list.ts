import type { Last, LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type UseLiveOptions, useLive, useLiveSuspense } from "./use-live.ts";

/**
 * All rows that fit a query, live, for as long as the component is mounted. An equal query made anew in each render is the same one; null
 * is off: no data, `status` pending, `connection` paused.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveList } from "liveset/react";
 *
 * function Tasks({ words }: { words: string }) {
 *   const { data, connection } = useLiveList(useClient().resource("tasks"), { search: words });
 *   return <p>{`${data.length} tasks, ${connection}`}</p>;
 * }
 * ```
 */
export function useLiveList<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
  S = readonly Shown<T, F, W>[],
>(
  resource: ResourceClient<T>,
  query: LiveListQuery<T, F, W> | null = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions<readonly Shown<T, F, W>[], S>>
): Live<S> {
  return useLive(resource, "live", query, options);
}

/**
 * The same, but the component suspends until there is an answer, and a refusal is thrown to the nearest error boundary. A null query does
 * not suspend.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveListSuspense } from "liveset/react";
 * import { Suspense } from "react";
 *
 * function Tasks() {
 *   const { data } = useLiveListSuspense(useClient().resource("tasks"));
 *   return <p>{data.length} tasks</p>;
 * }
 * const page = <Suspense fallback={<p>Loading</p>}><Tasks /></Suspense>;
 * ```
 */
export function useLiveListSuspense<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
  S = readonly Shown<T, F, W>[],
>(
  resource: ResourceClient<T>,
  query: LiveListQuery<T, F, W> | null = {},
  ...[options]: Last<LiveOptions<T> & UseLiveOptions<readonly Shown<T, F, W>[], S>>
): Live<S> {
  return useLiveSuspense(resource, "live", query, options);
}
