import { type MaybeRefOrGetter, toValue } from "vue";
import { liveText } from "../binding/live-text.ts";
import type { Fields, Last, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { type Awaitable, awaitable, type Live, type UseLiveOptions, useFollower } from "./live.ts";

/**
 * One row by its key, live: `data` is undefined until it is known and null where it is absent or out of sight. The key may be a ref
 * or a getter; null and undefined are off.
 *
 * @example
 * ```ts
 * import { useClient, useLiveOne } from "liveset/vue";
 * import { ref } from "vue";
 *
 * const chosen = ref<number | null>(null);
 * const { data: task } = useLiveOne(useClient().resource("tasks"), chosen);
 * ```
 */
export function useLiveOne<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
>(
  resource: MaybeRefOrGetter<ResourceClient<T>>,
  key: MaybeRefOrGetter<T["key"] | null | undefined>,
  ...[options]: Last<LiveOptions<T> & Fields<T, F, W> & UseLiveOptions>
): Awaitable<Live<Shown<T, F, W> | null | undefined>> {
  const text = (): string => liveText(toValue(key), options);
  const { follower, live } = useFollower<Shown<T, F, W> | null | undefined, T>(
    "liveOne",
    resource,
    text,
    options,
  );
  return awaitable(live, follower);
}
