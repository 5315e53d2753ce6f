import { type MaybeRefOrGetter, toValue } from "vue";
import type { LiveHandle } from "../client/live-handle.ts";
import type { Last, LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import { type Live, type UseLiveOptions, useLive } from "./live.ts";

/**
 * All rows that fit a query, live, for as long as the component (or the effect scope) lives. The query may be a ref or a getter;
 * null is off: no data, `status` pending, `connection` paused.
 *
 * @example
 * ```ts
 * import { useClient, useLiveList } from "liveset/vue";
 * import { ref } from "vue";
 *
 * const words = ref("");
 * const { data, status, connection } = useLiveList(useClient().resource("tasks"), () => ({
 *   search: words.value,
 * }));
 * ```
 */
export function useLiveList<
  T extends ResourceTypes,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Readonly<Record<never, never>>,
>(
  resource: MaybeRefOrGetter<ResourceClient<T>>,
  query?: MaybeRefOrGetter<LiveListQuery<T, F, W> | null | undefined>,
  ...[options]: Last<LiveOptions<T> & UseLiveOptions>
): Live<readonly Shown<T, F, W>[]> {
  const asked = (): LiveListQuery<T, F, W> | null | undefined => (query === undefined ? {} : toValue(query));
  // As text, so that a getter which makes an equal query anew changes nothing, and parts of a reactive query are seen.
  const text = (): string => JSON.stringify([asked() ?? null, options?.params]);
  return useLive(
    [() => toValue(resource), text],
    () => {
      const [copy, params] = JSON.parse(text()) as [LiveListQuery<T, F, W> | null, unknown];
      const live = toValue(resource).live as (
        query: unknown,
        options: unknown,
      ) => LiveHandle<readonly Shown<T, F, W>[]>;
      return live(copy, params === null ? undefined : { params });
    },
    () => (asked() ?? null) === null,
    options ?? {},
  );
}
