import { type EntryKey, type UseQueryReturn, useQuery, useQueryCache } from "@pinia/colada";
import type { LiveHandle } from "liveset/client";
import { onScopeDispose } from "vue";

/** A query of Pinia Colada that a live list keeps fresh for as long as the component lives. */
export function useLiveQuery<T>(key: EntryKey, open: () => LiveHandle<T>): UseQueryReturn<T> {
  const cache = useQueryCache();
  const handle = open();
  let isAsked = false;
  const query = useQuery<T>({
    key,
    query: async ({ signal }) => {
      // Freshness comes by itself: what is asked for again is a whole new snapshot, or a second try.
      if (isAsked) await handle.refresh();
      isAsked = true;
      return (await handle.whenReady(signal)).data;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  handle.subscribe(() => {
    const { data, status, error } = handle.getSnapshot();
    const entry = cache.get(key);
    if (status === "success") cache.setQueryData(key, data);
    else if (error !== null && entry !== undefined) {
      cache.setEntryState(entry, { status: "error", data: undefined, error });
    }
  });
  onScopeDispose(() => handle.release());
  return query;
}
