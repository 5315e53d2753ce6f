/**
 * The rows that an application holds: normalised, watched, written optimistically. It depends on nothing and has no network of its own.
 *
 * @module
 */
export type { Json, WireRow } from "../core/json.ts";
export type { Key, KeyText } from "../core/key/key.ts";
export type { ClientStore, WriteOperation } from "./client-store.ts";
export { createStore, type Store, type StoreOptions } from "./create-store.ts";
export type { LocalList, LocalQuery } from "./local-list.ts";
export type { WriteAction } from "./overlay.ts";
export type { PendingWrite } from "./pending-write.ts";
export type { Rows } from "./rows.ts";
export type { Readable } from "./signal.ts";
