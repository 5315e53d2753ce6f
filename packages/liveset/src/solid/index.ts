/**
 * Live lists and rows for Solid, in the shape of resources.
 *
 * @module
 */
export { LivesetProvider, type LivesetProviderProps, useClient } from "./liveset-provider.ts";
export { type UsedConnection, useConnection } from "./use-connection.ts";
export type { Live, MaybeAccessor, UseLiveOptions } from "./use-live.ts";
export { useLiveCount } from "./use-live-count.ts";
export { useLiveList } from "./use-live-list.ts";
export { useLiveOne } from "./use-live-one.ts";
export { type UsedWindow, useLiveWindow } from "./use-live-window.ts";
export { type Mutate, useMutate } from "./use-mutate.ts";
