import type { ActionTypes, FieldOf, ResourceTypes } from "../core/api-types.ts";
import type { Shown } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import type { OrderBy } from "../core/query/order.ts";
import type { Filters } from "./filters.ts";
import type { LiveHandle, LiveWindow } from "./live-handle.ts";
import type { CallOptions } from "./operation.ts";
import type { Exactly, With } from "./with.ts";

/** How rows are to be shown. */
export interface Fields<
  T extends ResourceTypes = ResourceTypes,
  F extends FieldOf<T> = FieldOf<T>,
  W extends With<T> = Nothing,
> {
  /** The fields to be shown, beside the key. Default: all. */
  readonly fields?: readonly F[];
  /** Related rows to be nested in the rows, where the resource declares the relation: `{ tasks: true }`. */
  readonly with?: With<T> & W & Exactly<W, With<T>>;
}

/** What a live list may ask for: declared filters, declared orders, and a search over the declared columns. */
export interface LiveListQuery<
  T extends ResourceTypes = ResourceTypes,
  F extends FieldOf<T> = FieldOf<T>,
  W extends With<T> = Nothing,
> extends Fields<T, F, W> {
  readonly where?: Filters<T>;
  /** Words that must all occur. */
  readonly search?: string;
  /** Fields in order of importance, each with its direction, or with that and the place of NULL. */
  readonly orderBy?: OrderBy<T["orderBy"]>;
}

/** What a live window may ask for: the first rows of a list, in its order. */
export interface LiveWindowQuery<
  T extends ResourceTypes = ResourceTypes,
  F extends FieldOf<T> = FieldOf<T>,
  W extends With<T> = Nothing,
> extends LiveListQuery<T, F, W> {
  /** How many rows; `loadMore` makes it more. */
  readonly limit: number;
  /** A position that it begins behind, from a page. */
  readonly after?: string;
  /** Whether all rows of the list are counted, which `total` shows. */
  readonly total?: boolean;
}

/** What a live count may ask for. */
export type LiveCountQuery<T extends ResourceTypes = ResourceTypes> = Omit<
  LiveListQuery<T>,
  "orderBy" | "fields" | "with"
>;

/** What a page of a list may ask for. */
export interface ListQuery<
  T extends ResourceTypes = ResourceTypes,
  F extends FieldOf<T> = FieldOf<T>,
  W extends With<T> = Nothing,
> extends LiveListQuery<T, F, W> {
  readonly limit?: number;
  readonly offset?: number;
  /** The position that the page begins behind, from the page before. */
  readonly after?: string;
}

/** A page of a list. */
export interface Page<
  T extends ResourceTypes = ResourceTypes,
  F extends FieldOf<T> = FieldOf<T>,
  W extends With<T> = Nothing,
> {
  /** How many rows fit in all. */
  readonly count: number;
  readonly results: readonly Shown<T, F, W>[];
  /** What to ask for the page behind; null at the end. */
  readonly next: ListQuery<T, F, W> | null;
  /** What to ask for the page before; null at the beginning, and where pages follow `after`. */
  readonly previous: ListQuery<T, F, W> | null;
}

type Params<T extends ResourceTypes> = keyof T["params"] extends never
  ? { readonly params?: undefined }
  : Record<never, never> extends T["params"]
    ? { readonly params?: T["params"] }
    : { readonly params: T["params"] };

/** Options of a call on a resource: `params` where they are declared. */
export type Options<T extends ResourceTypes> = CallOptions & Params<T>;
/** Options of a live query. */
export type LiveOptions<T extends ResourceTypes> = Params<T>;

/** The last argument: to be left out only where no parameter is required. */
export type Last<O> = Record<never, never> extends O ? [options?: O] : [options: O];
/** A middle argument that may be left out, unless the last may not. */
type Optional<A, O> =
  Record<never, never> extends O ? [value?: A, options?: O] : [value: A | undefined, options: O];

/**
 * How an action is called: on one row with its key first; on the resource with the input first, where `null` stands for
 * the key if the input is a string, a number or an array, which would otherwise look like one.
 */
export type ActionCall<T extends ResourceTypes, A extends ActionTypes> = A["detail"] extends true
  ? (key: T["key"], ...rest: InputAnd<A["input"], Options<T>>) => Promise<A["result"]>
  : A["input"] extends string | number | readonly unknown[]
    ? (key: null, ...rest: InputAnd<A["input"], Options<T>>) => Promise<A["result"]>
    : (...rest: InputAnd<A["input"], Options<T>>) => Promise<A["result"]>;

type InputAnd<I, O> = undefined extends I ? Optional<I, O> : [input: I, ...Last<O>];

/** The writes of one resource within a `mutate`: they are gathered, and return nothing. */
export type ResourceTransaction<T extends ResourceTypes = ResourceTypes> = {
  readonly [M in "create" | "update" | "patch" | "delete"]: (
    ...args: Parameters<ResourceClient<T>[M]>
  ) => void;
} & {
  readonly actions: {
    readonly [K in keyof T["actions"]]: (...args: Parameters<ActionCall<T, T["actions"][K]>>) => void;
  };
};

/**
 * One resource of the API, typed by its declaration. Every promise rejects with `LivesetError` only.
 *
 * @example
 * ```ts
 * import type { ResourceClient } from "liveset/client";
 *
 * export async function countOf(resource: ResourceClient): Promise<number> {
 *   const page = await resource.list({ limit: 1 });
 *   return page.count;
 * }
 * ```
 */
export interface ResourceClient<T extends ResourceTypes = ResourceTypes> {
  /** The resource's name. */
  readonly name: string;
  /** One page. */
  list<const F extends FieldOf<T> = FieldOf<T>, const W extends With<T> = Nothing>(
    ...rest: Optional<ListQuery<T, F, W>, Options<T>>
  ): Promise<Page<T, F, W>>;
  /** One row; `not_found` where it is absent or out of the caller's sight. */
  retrieve<const F extends FieldOf<T> = FieldOf<T>, const W extends With<T> = Nothing>(
    key: T["key"],
    ...options: Last<Options<T> & Fields<T, F, W>>
  ): Promise<Shown<T, F, W>>;
  /**
   * The rows of several keys, in their order; those that are not there, or out of sight, are left out. With `children` each row has as
   * many of the keys of its children as `{startIndex, indexes, length}`.
   */
  byIds(
    ids: readonly T["key"][],
    ...options: Last<Options<T> & { readonly children?: Readonly<Record<string, number>> }>
  ): Promise<readonly T["row"][]>;
  /** A range of the keys of a row's children, of those that the resource declares. `length` of the answer is that of the whole list. */
  indexes(
    parentId: T["key"],
    childField: string,
    startIndex: number,
    length: number,
    ...options: Last<Options<T>>
  ): Promise<{
    readonly startIndex: number;
    readonly indexes: readonly string[];
    readonly length: number;
  }>;
  create(data: T["create"], ...options: Last<Options<T>>): Promise<Shown<T, FieldOf<T>>>;
  /** Replaces a row: all required fields. */
  update(key: T["key"], data: T["update"], ...options: Last<Options<T>>): Promise<Shown<T, FieldOf<T>>>;
  /** Changes some fields. */
  patch(key: T["key"], data: T["patch"], ...options: Last<Options<T>>): Promise<Shown<T, FieldOf<T>>>;
  delete(key: T["key"], ...options: Last<Options<T>>): Promise<void>;
  /**
   * Does several writes as one: all of them in one transaction of the database, or none. As `mutate` of the client, for this resource.
   *
   * @example
   * ```ts
   * import type { ResourceClient } from "liveset/client";
   *
   * export async function finish(tasks: ResourceClient, ids: readonly number[]): Promise<void> {
   *   await tasks.mutate((tx) => {
   *     for (const id of ids) tx.patch(id, { done: true });
   *   });
   * }
   * ```
   */
  mutate(work: (tx: ResourceTransaction<T>) => void, options?: CallOptions): Promise<readonly unknown[]>;
  /** The declared actions, by name. */
  readonly actions: { readonly [K in keyof T["actions"]]: ActionCall<T, T["actions"][K]> };
  /** The first rows that fit, live; more when they are asked for. */
  live<const F extends FieldOf<T> = FieldOf<T>, const W extends With<T> = Nothing>(
    query: LiveWindowQuery<T, F, W>,
    ...options: Last<LiveOptions<T>>
  ): LiveWindow<readonly Shown<T, F, W>[]>;
  /** All rows that fit, live. A null query is off. Release the handle when it is not needed any more. */
  live<const F extends FieldOf<T> = FieldOf<T>, const W extends With<T> = Nothing>(
    ...rest: Optional<LiveListQuery<T, F, W> | null, LiveOptions<T>>
  ): LiveHandle<readonly Shown<T, F, W>[]>;
  /** How many rows fit, live, without the rows: `data` is undefined while it is not known. A null query is off. */
  liveCount(...rest: Optional<LiveCountQuery<T> | null, LiveOptions<T>>): LiveHandle<number | undefined>;
  /** One row, live: `data` is null where it is absent or out of sight. A null key is off. */
  liveOne<const F extends FieldOf<T> = FieldOf<T>, const W extends With<T> = Nothing>(
    key: T["key"] | null,
    ...options: Last<LiveOptions<T> & Fields<T, F, W>>
  ): LiveHandle<Shown<T, F, W> | null | undefined>;
}
