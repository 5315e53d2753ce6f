/**
 * Live lists and rows for Svelte 5, as objects that are reactive where they are read, and as stores.
 *
 * @module
 */
export type { UsedConnection } from "../binding/used-connection.ts";
export type { Mutate } from "../binding/used-mutation.ts";
export { setClient, useClient } from "./client-context.ts";
export { useConnection } from "./use-connection.ts";
export type { Live, LiveStore, MaybeGetter, ShownLive, UseLiveOptions } from "./use-live.ts";
export { useLiveCount } from "./use-live-count.ts";
export { useLiveList } from "./use-live-list.ts";
export { useLiveOne } from "./use-live-one.ts";
export { type ShownWindow, type UsedWindow, useLiveWindow } from "./use-live-window.ts";
export { useMutate } from "./use-mutate.ts";
