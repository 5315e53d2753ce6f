/**
 * Live lists and rows for Solid, in the shape of resources.
 *
 * @module
 */
export type { UsedConnection } from "../binding/used-connection.ts";
export type { Mutate } from "../binding/used-mutation.ts";
export { LivesetProvider, type LivesetProviderProps, useClient } from "./liveset-provider.ts";
export { useConnection } from "./use-connection.ts";
export type { Live, MaybeAccessor, UseLiveOptions } from "./use-live.ts";
export { useLiveCount } from "./use-live-count.ts";
export { useLiveList } from "./use-live-list.ts";
export { useLiveOne } from "./use-live-one.ts";
export { type UsedWindow, useLiveWindow } from "./use-live-window.ts";
export { useMutate } from "./use-mutate.ts";
