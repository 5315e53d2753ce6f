import { type MaybeRefOrGetter, toValue } from "vue";
import type { LiveHandle } from "../client/live-handle.ts";
import type { Fields, Last, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import { type Live, type UseLiveOptions, useLive } from "./live.ts";

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
  const W extends With<T> = Readonly<Record<never, never>>,
>(
  resource: MaybeRefOrGetter<ResourceClient<T>>,
  key: MaybeRefOrGetter<T["key"] | null | undefined>,
  ...[options]: Last<LiveOptions<T> & Fields<T, F, W> & UseLiveOptions>
): Live<Shown<T, F, W> | null | undefined> {
  const text = (): string =>
    JSON.stringify([toValue(key) ?? null, options?.params, options?.fields, options?.with]);
  return useLive(
    [() => toValue(resource), text],
    () => {
      const [copy, params, fields, nested] = JSON.parse(text()) as [T["key"] | null, ...unknown[]];
      const live = toValue(resource).liveOne as (
        key: unknown,
        options: unknown,
      ) => LiveHandle<Shown<T, F, W> | null | undefined>;
      return live(copy, {
        ...(params === null ? {} : { params }),
        ...(fields === null ? {} : { fields }),
        ...(nested === null ? {} : { with: nested }),
      });
    },
    () => (toValue(key) ?? null) === null,
    options ?? {},
  );
}
