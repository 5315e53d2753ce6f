/**
 * A TanStack DB collection whose rows are live lists, and whose writes are the client's.
 *
 * @module
 */

export {
  type LivesetCollection,
  type LivesetCollectionConfig,
  livesetCollectionOptions,
} from "./collection-options.ts";
export type { CollectionState, LivesetUtils } from "./collection-state.ts";
