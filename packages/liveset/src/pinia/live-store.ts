import type { MaybeRefOrGetter } from "vue";
import type { LiveResult } from "../client/live-handle.ts";
import type { LiveListQuery, ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import type { KeptList } from "./kept-list.ts";

/** Options of a live store. */
export interface LiveStoreOptions<T extends ResourceTypes> {
  /** Which rows, and in which order: a value, a ref or a getter. Null is off. Default: all rows. */
  readonly query?: MaybeRefOrGetter<Omit<LiveListQuery<T>, "fields" | "with"> | null>;
  readonly params?: T["params"];
  /** After another query was asked for, shows the rows of the one before, as stale, until the new one has an answer. */
  readonly keepPrevious?: boolean;
  /** The field that `byId` looks at. Default: `"id"` */
  readonly key?: keyof T["row"] & string;
}

/** The state of a live store: a live result, and what `pinia.state.value` takes from a server to a browser beside it. */
export interface LiveStoreState<T extends ResourceTypes>
  extends Omit<LiveResult<readonly T["row"][]>, "total" | "hasMore"> {
  readonly kept: KeptList | null;
}

/** The getters of a live store. */
export interface LiveStoreGetters<T extends ResourceTypes> {
  /** A row of the list by its key. */
  readonly byId: () => (key: T["key"]) => T["row"] | undefined;
}

/** The actions of a live store. Those that write are the resource's: the list follows by itself. */
export type LiveStoreActions<T extends ResourceTypes> = Pick<
  ResourceClient<T>,
  "create" | "update" | "patch" | "delete"
> & {
  /** Resolves when there is an answer or a refusal, or the query is null. Never rejects. */
  ready(): Promise<void>;
  /** Asks for a whole new snapshot. Freshness never needs it; a refused query is tried again by it. */
  refresh(): Promise<void>;
};
