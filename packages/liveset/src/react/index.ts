/**
 * Live lists and rows as React hooks.
 *
 * @module
 */
export type { UsedConnection } from "../binding/used-connection.ts";
export { LivesetProvider, type LivesetProviderProps, useClient } from "./liveset-provider.ts";
export { useConnection } from "./use-connection.ts";
export type { Live, UseLiveOptions } from "./use-live.ts";
export { useLiveCount, useLiveCountSuspense } from "./use-live-count.ts";
export { useLiveList, useLiveListSuspense } from "./use-live-list.ts";
export { useLiveOne, useLiveOneSuspense } from "./use-live-one.ts";
export { type UsedWindow, useLiveWindow, useLiveWindowSuspense } from "./use-live-window.ts";
export { type Mutate, useMutate } from "./use-mutate.ts";
