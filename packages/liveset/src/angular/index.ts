/**
 * Live lists and rows as Angular signals, in the shape of `Resource`.
 *
 * @module
 */
export { type InjectedConnection, injectConnection } from "./inject-connection.ts";
export { injectLiveCount } from "./inject-live-count.ts";
export { injectLiveList } from "./inject-live-list.ts";
export { injectLiveOne } from "./inject-live-one.ts";
export { injectLiveWindow } from "./inject-live-window.ts";
export { injectMutate, type Mutate } from "./inject-mutate.ts";
export type {
  LiveResource,
  LiveResourceOptions,
  LiveResourceSnapshot,
  LiveWindowResource,
  MaybeFunction,
} from "./live-resource.ts";
export {
  injectClient,
  type ProvideLivesetOptions,
  provideLiveset,
} from "./provide-liveset.ts";
