/**
 * The rows that an application holds: normalised, watched, written optimistically. It depends on nothing and has no network of its own.
 *
 * @module
 */
export type { Json, WireRow } from "../core/json.ts";
export type { Key, KeyText } from "../core/key/key.ts";
export type { ClientStore, WriteOperation, WriteQuestion } from "./client-store.ts";
export { createStore, type Store, type StoreOptions } from "./create-store.ts";
export type { ChildList } from "./lazy/child-list.ts";
export type { EditableRow } from "./lazy/edit-row.ts";
export { type EffectSource, type EffectsOverOptions, effectsOver } from "./lazy/effects-over.ts";
export type { LazyDefinition, Lifetimes, Refetch } from "./lazy/lazy-definition.ts";
export type { TableTranslation } from "./lazy/lazy-registry.ts";
export type { LazyRows } from "./lazy/lazy-rows.ts";
export type { PartialIds } from "./lazy/links.ts";
export type { EffectContext, IndexRange, ObservableLike, Outcome, RowEffects } from "./lazy/row-effects.ts";
export type { RowState } from "./lazy/row-state.ts";
export type { LocalList, LocalQuery } from "./local-list.ts";
export { indexedDbStorage } from "./offline/indexed-db-storage.ts";
export {
  type KeepableClient,
  type KeepListsOptions,
  type KeptLists,
  keepLists,
} from "./offline/keep-lists.ts";
export { type KeyValueStorage, memoryStorage } from "./offline/key-value-storage.ts";
export { browserTabs, type Tabs } from "./offline/tabs.ts";
export { type WebStorageLike, webStorage } from "./offline/web-storage.ts";
export { WriteQueue, type WriteQueueOptions } from "./offline/write-queue.ts";
export type { WriteAction } from "./overlay.ts";
export type { PendingWrite } from "./pending-write.ts";
export type { Rows } from "./rows.ts";
export type { Readable } from "./signal.ts";
