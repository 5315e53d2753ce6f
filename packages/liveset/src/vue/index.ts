/**
 * Live lists and rows as Vue composables.
 *
 * @module
 */
export { createLiveset, useClient } from "./create-liveset.ts";
export type { Awaitable, Live, UseLiveOptions } from "./live.ts";
export { type UsedConnection, useConnection } from "./use-connection.ts";
export { useLiveCount } from "./use-live-count.ts";
export { useLiveList } from "./use-live-list.ts";
export { useLiveOne } from "./use-live-one.ts";
export { type UsedWindow, useLiveWindow } from "./use-live-window.ts";
export { type Mutate, useMutate } from "./use-mutate.ts";
