/**
 * Live lists as Pinia stores.
 *
 * @module
 */
export { defineLiveStore } from "./define-live-store.ts";
export type { KeptList } from "./kept-list.ts";
export type { LiveStoreActions, LiveStoreGetters, LiveStoreOptions, LiveStoreState } from "./live-store.ts";
