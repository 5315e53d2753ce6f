import type { CollectionConfig, NonSingleResult, SyncMode } from "@tanstack/db";
import type { LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import { adapterOptions } from "./adapter-options.ts";
import type { LivesetUtils } from "./collection-state.ts";

/** A collection's row. */
type RowOf<T extends ResourceTypes, W extends With<T>> = Shown<T, FieldOf<T>, W> & object;

/** The key of a row within a collection: of a composite key the text. */
type CollectionKey<T extends ResourceTypes> = T["key"] extends string | number ? T["key"] : string;

/** What TanStack DB takes besides, as it is. */
type Passed<T extends ResourceTypes, W extends With<T>> = Pick<
  CollectionConfig<RowOf<T, W>, CollectionKey<T>>,
  "id" | "gcTime" | "startSync" | "autoIndex" | "defaultIndexType" | "compare"
>;

/** What a collection is made from. */
export type LivesetCollectionConfig<
  T extends ResourceTypes = ResourceTypes,
  W extends With<T> = Nothing,
> = Passed<T, W> &
  Pick<LiveListQuery<T, FieldOf<T>, W>, "where" | "search" | "with"> &
  LiveOptions<T> & {
    /** Of a client without a store: the collection shows unconfirmed writes itself. */
    readonly resource: ResourceClient<T>;
    /** Names of the fields of the key, in order. Default: `"id"`. */
    readonly key?: FieldOf<T> | readonly FieldOf<T>[];
    /**
     * `eager`: all rows that fit, live. `on-demand`: those that queries ask for, live for as long as they do. Default: `eager`.
     */
    readonly syncMode?: SyncMode;
    /** What is sent of an inserted row: all of it, unless this says otherwise, as where the server makes the key. */
    readonly toCreate?: (row: RowOf<T, W>) => T["create"];
    /** What is sent of an update: the fields that were changed, unless this says otherwise. */
    readonly toPatch?: (changes: Partial<RowOf<T, W>>, row: RowOf<T, W>) => T["patch"];
  };

/** The options of a collection, for `createCollection` and for a `DbClient`. */
export type LivesetCollection<T extends ResourceTypes, W extends With<T> = Nothing> = Omit<
  CollectionConfig<RowOf<T, W>, CollectionKey<T>, never, LivesetUtils>,
  "utils"
> & { readonly schema?: never; utils: LivesetUtils } & NonSingleResult;

/**
 * Makes the options of a TanStack DB collection over a resource: its rows are live, and `insert`, `update` and `delete` are the
 * resource's, shown at once and taken back where they are refused. A write settles when the rows that have its effect are here,
 * so nothing flickers. The several writes of one call are one transaction of the database.
 *
 * A refused list is the collection's error, or that of the query that asked for it; later ones, as when a right is lost, stand
 * in `utils.live`.
 *
 * @example
 * ```ts
 * import { createCollection, createLiveQueryCollection, eq } from "@tanstack/db";
 * import { createClient } from "liveset/client";
 * import { livesetCollectionOptions } from "liveset/tanstack-db";
 *
 * const client = createClient("ws://localhost:8000/ws/");
 * const tasks = createCollection(livesetCollectionOptions({ resource: client.resource("tasks") }));
 * const open = createLiveQueryCollection((q) => q.from({ task: tasks }));
 * await open.preload();
 * ```
 */
export function livesetCollectionOptions<T extends ResourceTypes, const W extends With<T> = Nothing>(
  config: LivesetCollectionConfig<T, W>,
): LivesetCollection<T, W> {
  // What rows and writes are is the business of the types; here they are JSON.
  return adapterOptions(config as unknown as LivesetCollectionConfig) as unknown as LivesetCollection<T, W>;
}
