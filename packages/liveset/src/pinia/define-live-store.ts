import { defineStore, getActivePinia, type Pinia, type StoreDefinition, type StoreGeneric } from "pinia";
import { getCurrentInstance, onServerPrefetch } from "vue";
import type { Client } from "../client/client.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { ApiTypes, ResourceTypes } from "../core/api-types.ts";
import { useClient } from "../vue/create-liveset.ts";
import type { LiveStoreActions, LiveStoreGetters, LiveStoreOptions, LiveStoreState } from "./live-store.ts";
import { setUpList } from "./set-up-list.ts";

/**
 * A Pinia store that is a live list: its rows and how they stand as state, `byId` as a getter, the resource's writes as actions. It follows its
 * list from its first use until `$dispose()`, once for all components; a query that is null lets go.
 *
 * Rendered on a server, what `pinia.state.value` takes to the browser is enough for the store to go on from there, without a second snapshot.
 *
 * @param resource picks the resource from the client of `createLiveset`
 * @example
 * ```ts
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { defineApi, resource } from "liveset";
 * import type { Client } from "liveset/client";
 * import { defineLiveStore } from "liveset/pinia";
 * import { storeToRefs } from "pinia";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull() });
 * const api = defineApi({ tasks: resource(tasks, { orderBy: ["id"] }) });
 *
 * export const useTasks = defineLiveStore("tasks", (client: Client<typeof api>) => client.tasks, {
 *   query: { orderBy: { id: "asc" } },
 * });
 *
 * // in a component's setup
 * const store = useTasks();
 * const { data, status } = storeToRefs(store);
 * await store.patch(3, { text: "Buy milk" });
 * console.log(data.value.length, status.value, store.byId(3)?.text);
 * ```
 */
export function defineLiveStore<Id extends string, A extends ApiTypes, T extends ResourceTypes>(
  id: Id,
  resource: (client: Client<A>) => ResourceClient<T>,
  options: LiveStoreOptions<T> = {},
): StoreDefinition<Id, LiveStoreState<T>, LiveStoreGetters<T>, LiveStoreActions<T>> {
  /** What is done before a page is rendered on a server, by the Pinia of the store. */
  const prefetches = new WeakMap<Pinia, () => Promise<void>>();
  const use = defineStore(id, () => {
    const pinia = getActivePinia();
    const client = useClient<A>();
    const { store, prefetch } = setUpList({
      client: client as unknown as Client,
      resource: resource(client) as unknown as ResourceClient,
      options: options as unknown as LiveStoreOptions<ResourceTypes>,
      rendered: pinia?.state.value[id] as LiveStoreState<ResourceTypes> | undefined,
    });
    if (pinia !== undefined) prefetches.set(pinia, prefetch);
    return store;
  });
  // All else of the definition is Pinia's own, as its hot updates and helpers look for it.
  return new Proxy(use, {
    apply: (target, _, args: [pinia?: Pinia | null, hot?: StoreGeneric]) => {
      const store = target(...args);
      const pinia = getActivePinia();
      const prefetch = pinia === undefined ? undefined : prefetches.get(pinia);
      if (prefetch !== undefined && getCurrentInstance() !== null) onServerPrefetch(prefetch);
      return store;
    },
  }) as never;
}
