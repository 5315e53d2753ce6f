import {
  type CollectionConfig,
  type OperationType,
  type SyncConfigRes,
  type TransactionWithMutations,
  withCollectionConfigFactory,
} from "@tanstack/db";
import type { LiveHandle } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { Json, WireRow } from "../core/json.ts";
import { type Key, keyTextOf } from "../core/key/key.ts";
import type { Query } from "../core/protocol/query.ts";
import { CollectionRun, type SyncParts } from "./collection-run.ts";
import { CollectionRuns } from "./collection-runs.ts";
import type { LivesetUtils } from "./collection-state.ts";
import type { SubsetQuery } from "./subset-query.ts";
import { sendWrites, type WriteTarget } from "./write-handlers.ts";

type CollectionKey = string | number;
type Parts = SyncParts<WireRow, CollectionKey>;
type Options = Omit<CollectionConfig<WireRow, CollectionKey, never, LivesetUtils>, "utils"> & {
  utils: LivesetUtils;
};

/** `LivesetCollectionConfig` of a resource whose types are not known. */
export interface AdapterConfig
  extends Pick<Query, "where" | "search" | "with">,
    Omit<Options, "getKey" | "sync" | "utils" | "onInsert" | "onUpdate" | "onDelete"> {
  readonly resource: ResourceClient;
  readonly key?: string | readonly string[];
  readonly params?: Readonly<Record<string, Json>> | undefined;
  readonly toCreate?: (row: WireRow) => unknown;
  readonly toPatch?: (changes: Partial<WireRow>, row: WireRow) => unknown;
}

/** The options of a collection. Each client of TanStack DB has its own, so that what is rendered for one user is not another's. */
export function adapterOptions(config: AdapterConfig): Options {
  return withCollectionConfigFactory(optionsOf(config), () => optionsOf(config));
}

function optionsOf(config: AdapterConfig): Options {
  const {
    resource,
    key = "id",
    params,
    toCreate,
    toPatch,
    where: _,
    search: __,
    with: ___,
    ...passed
  } = config;
  const keys = typeof key === "string" ? [key] : key;
  const runs = new CollectionRuns<WireRow, CollectionKey>();
  const target: WriteTarget<WireRow> = {
    resource,
    params,
    keyOf: (row) => keyOf(row, keys),
    toCreate: toCreate ?? ((row) => row),
    toPatch: toPatch ?? ((changes) => changes),
  };
  const send = async <O extends OperationType>({ transaction, collection }: Sent<O>): Promise<void> => {
    await sendWrites(target, transaction.id, transaction.mutations);
    await runs.of(collection)?.caughtUp();
  };
  const getKey = (row: WireRow): CollectionKey => collectionKey(row, keys);
  const open = (query: SubsetQuery): LiveHandle<readonly WireRow[]> => openRows(config, query);
  const run = (parts: Parts): CollectionRun<WireRow, CollectionKey> =>
    new CollectionRun(parts, getKey, open, () => runs.tell());
  return {
    ...passed,
    getKey,
    // The server's order, so that the first rows of a list there are the first rows here.
    defaultStringCollation: { stringSort: "lexical" },
    sync: { rowUpdateMode: "full", sync: (parts) => begin(parts, run(parts), runs, passed.syncMode) },
    onInsert: send,
    onUpdate: send,
    onDelete: send,
    utils: { live: runs.state, refresh: () => runs.refresh() },
  };
}

interface Sent<O extends OperationType> {
  readonly transaction: TransactionWithMutations<WireRow, O>;
  readonly collection: unknown;
}

function begin(
  { collection, markReady }: Parts,
  run: CollectionRun<WireRow, CollectionKey>,
  runs: CollectionRuns<WireRow, CollectionKey>,
  syncMode: Options["syncMode"],
): SyncConfigRes {
  runs.begin(collection, run);
  const cleanup = (): void => runs.end(collection);
  if (syncMode === "on-demand") {
    markReady();
    return {
      cleanup,
      loadSubset: (options) => run.load(options),
      unloadSubset: (options) => run.unload(options),
    };
  }
  run.loadAll();
  return { cleanup };
}

/** The rows of a subset, of those that the collection may have at all. */
function openRows(config: AdapterConfig, subset: SubsetQuery): LiveHandle<readonly WireRow[]> {
  const { resource, where, search, with: nested, params } = config;
  const conditions = [where, subset.where].filter((condition) => condition !== undefined);
  const [only] = conditions;
  const query: Query = {
    ...subset,
    ...(only === undefined ? {} : { where: conditions.length > 1 ? { AND: conditions } : only }),
    ...(search === undefined ? {} : { search }),
    ...(nested === undefined ? {} : { with: nested }),
  };
  const live = resource.live as (query: Query, options: object) => LiveHandle<readonly WireRow[]>;
  return live(query, params === undefined ? {} : { params });
}

function collectionKey(row: WireRow, keys: readonly string[]): CollectionKey {
  const [first] = keys;
  return keys.length === 1 && first !== undefined ? (row[first] as CollectionKey) : keyTextOf(row, keys);
}

function keyOf(row: WireRow, keys: readonly string[]): Key {
  const parts = keys.map((name) => row[name] as CollectionKey);
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : parts;
}
