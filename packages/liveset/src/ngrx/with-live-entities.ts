import { computed } from "@angular/core";
import {
  type Prettify,
  type SignalStoreFeature,
  type SignalStoreFeatureResult,
  type StateSignals,
  signalStoreFeature,
  type WritableStateSource,
  withComputed,
  withFeature,
  withLinkedState,
  withProps,
} from "@ngrx/signals";
import type { EntityId, EntityMap, EntityProps, EntityState, SelectEntityId } from "@ngrx/signals/entities";
import { injectLiveList } from "../angular/inject-live-list.ts";
import type { LiveResource, LiveResourceOptions } from "../angular/live-resource.ts";
import type { Last, LiveListQuery, LiveOptions, ResourceClient } from "../client/resource-client.ts";
import type { With } from "../client/with.ts";
import type { FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";

/** A collection's names: as they are, or behind the name of the collection: `ids`, or `taskIds`. */
export type Named<Members, Collection extends string> = Collection extends ""
  ? Members
  : { [K in keyof Members & string as `${Collection}${Capitalize<K>}`]: Members[K] };

/** What a store says of its live entities beside them. Described at `LiveResource`. */
export type LiveEntitiesProps = Pick<
  LiveResource<unknown>,
  | "status"
  | "error"
  | "isLoading"
  | "connection"
  | "isStale"
  | "recovery"
  | "updatedAt"
  | "reload"
  | "refresh"
>;

/** Options of `withLiveEntities`. */
export interface LiveEntitiesOptions<Entity, Collection extends string> extends LiveResourceOptions {
  /** Puts a name before all that the store gets, so that it may have several collections. */
  readonly collection?: Collection;
  /** Gives an entity's id. Default: `id`. */
  readonly selectId?: SelectEntityId<Entity>;
}

type StoreOf<Input extends SignalStoreFeatureResult> = Prettify<
  StateSignals<Input["state"]> & Input["props"] & Input["methods"] & WritableStateSource<Input["state"]>
>;

/**
 * A feature of a SignalStore: the rows of a live list, with the state of `withEntities` (`ids`, `entityMap`, `entities`), so that
 * whatever works with that works with live rows. It lives as long as the store. The query may read the store's signals; null is off.
 *
 * @param resource is called once, in the store's injection context
 * @throws LivesetError `internal` where no client is provided
 * @example
 * ```ts
 * import { signalStore, withState } from "@ngrx/signals";
 * import { injectClient } from "liveset/angular";
 * import { withLiveEntities } from "liveset/ngrx";
 *
 * export const TaskStore = signalStore(
 *   withState({ words: "" }),
 *   withLiveEntities(
 *     () => injectClient().resource("tasks"),
 *     ({ words }) => ({ search: words() }),
 *   ),
 * );
 * ```
 */
export function withLiveEntities<
  T extends ResourceTypes,
  Input extends SignalStoreFeatureResult,
  const F extends FieldOf<T> = FieldOf<T>,
  const W extends With<T> = Nothing,
  Collection extends string = "",
>(
  resource: () => ResourceClient<T>,
  query?: ((store: StoreOf<Input>) => LiveListQuery<T, F, W> | null | undefined) | undefined,
  ...[options]: Last<LiveOptions<T> & LiveEntitiesOptions<Shown<T, F, W>, Collection>>
): SignalStoreFeature<
  Input,
  {
    state: Named<EntityState<Shown<T, F, W>>, Collection>;
    props: Named<EntityProps<Shown<T, F, W>> & LiveEntitiesProps, Collection>;
    methods: Record<never, never>;
  }
> {
  const { collection = "", selectId = idOf, ...liveOptions } = options ?? {};
  const feature = withFeature((store: object) => {
    const {
      value,
      hasValue: _,
      snapshot: __,
      ...props
    } = injectLiveList(
      resource(),
      () => (query === undefined ? {} : query(store as StoreOf<Input>)),
      liveOptions as never,
    ) as LiveResource<readonly Shown<T, F, W>[]>;
    return entitiesOf(value, selectId as SelectEntityId<object>, collection, props);
  });
  return feature as never;
}

/** The state follows the rows, and is written nowhere: it is computed when it is read. */
function entitiesOf(
  rows: () => readonly object[],
  selectId: SelectEntityId<object>,
  collection: string,
  props: object,
): SignalStoreFeature {
  const [ids, entityMap, entities] = ["ids", "entityMap", "entities"].map((name) =>
    nameIn(collection, name),
  ) as [string, string, string];
  return signalStoreFeature(
    withLinkedState(() => ({
      [ids]: (): EntityId[] => rows().map(selectId),
      [entityMap]: (): EntityMap<object> => Object.fromEntries(rows().map((row) => [selectId(row), row])),
    })),
    withComputed((store: object) => {
      const read = <S>(name: string): S => (store as Readonly<Record<string, () => unknown>>)[name]?.() as S;
      return {
        [entities]: computed(() => {
          const map = read<EntityMap<object>>(entityMap);
          return read<EntityId[]>(ids).map((id) => map[id]);
        }),
      };
    }),
    withProps(() =>
      Object.fromEntries(Object.entries(props).map(([name, it]) => [nameIn(collection, name), it])),
    ),
  ) as SignalStoreFeature;
}

function nameIn(collection: string, name: string): string {
  return collection === "" ? name : `${collection}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function idOf(row: object): EntityId {
  return (row as { readonly id: EntityId }).id;
}
