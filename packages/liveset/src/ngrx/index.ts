/**
 * Live rows as entities of an NgRX SignalStore.
 *
 * @module
 */
export {
  type LiveEntitiesOptions,
  type LiveEntitiesProps,
  type Named,
  withLiveEntities,
} from "./with-live-entities.ts";
