/**
 * Live lists and rows for Svelte 5, as objects that are reactive where they are read, and as stores.
 *
 * @module
 */
export { setClient, useClient } from "./client-context.ts";
export { type UsedConnection, useConnection } from "./use-connection.ts";
export type { Live, LiveStore, MaybeGetter, ShownLive, UseLiveOptions } from "./use-live.ts";
export { useLiveCount } from "./use-live-count.ts";
export { useLiveList } from "./use-live-list.ts";
export { useLiveOne } from "./use-live-one.ts";
export { type ShownWindow, type UsedWindow, useLiveWindow } from "./use-live-window.ts";
export { type Mutate, useMutate } from "./use-mutate.ts";
