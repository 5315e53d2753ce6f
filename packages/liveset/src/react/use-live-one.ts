import type { Fields, Last, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Live, type UseLiveOptions, useLive, useLiveSuspense } from "./use-live.ts";

/**
 * One row by its key, live: `data` is undefined until it is known and null where it is absent or out of sight. A key that is null or
 * undefined is off.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveOne } from "liveset/react";
 *
 * function Task({ id }: { id: number | null }) {
 *   const { data: task } = useLiveOne(useClient().resource("tasks"), id);
 *   return <p>{task === undefined ? "…" : task === null ? "Gone" : JSON.stringify(task)}</p>;
 * }
 * ```
 */
export function useLiveOne<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
  S = Shown<T, F, W> | null | undefined,
>(
  resource: ResourceClient<T>,
  key: T["key"] | null | undefined,
  ...[options]: Last<LiveOptions<T> & Fields<T, F, W> & UseLiveOptions<Shown<T, F, W> | null | undefined, S>>
): Live<S> {
  return useLive(resource, "liveOne", key, options);
}

/**
 * The same, but the component suspends until the row is known or known to be absent, and a refusal is thrown to the nearest error
 * boundary.
 *
 * @example
 * ```tsx
 * import { useClient, useLiveOneSuspense } from "liveset/react";
 *
 * function Task({ id }: { id: number }) {
 *   const { data: task } = useLiveOneSuspense(useClient().resource("tasks"), id);
 *   return <p>{task === null ? "Gone" : JSON.stringify(task)}</p>;
 * }
 * ```
 */
export function useLiveOneSuspense<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
  S = Shown<T, F, W> | null,
>(
  resource: ResourceClient<T>,
  key: T["key"],
  ...[options]: Last<LiveOptions<T> & Fields<T, F, W> & UseLiveOptions<Shown<T, F, W> | null, S>>
): Live<S> {
  return useLiveSuspense(resource, "liveOne", key, options);
}
