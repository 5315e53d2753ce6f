import type { FieldsShown, ResourceTypes } from "./api-types.ts";
import type { Nothing } from "./nothing.ts";

/** What a client must know of rows that are nested in others. */
export interface NestedTypes {
  /** Whether they are many: shown as an array, else as one row or null. */
  readonly many: boolean;
  /** Whether they are shown without being asked for. */
  readonly always: boolean;
  /** Names of their fields that may be shown here. */
  readonly fields: string;
  /** The resource that shows them. */
  readonly types: ResourceTypes;
}

/** What a resource nests, by the name of the relation. */
export type NestedOf<T extends ResourceTypes> = T["nested"] extends object ? T["nested"] : Nothing;

/** How many relations may be nested in each other, from here on. */
export type Levels = 2 | 1 | 0;
/** The same, behind one relation. */
export type Fewer = { 2: 1; 1: 0; 0: 0 };

/**
 * A row of which only the fields `F` were asked for, with the nested rows that `W` (a query's `with`) asks for and those
 * that are always shown. The key is there in any case.
 */
export type Shown<T extends ResourceTypes, F extends string, W = Nothing> = With<
  FieldsShown<T, F>,
  T,
  W,
  AlwaysOf<NestedOf<T>>
>;

type AlwaysOf<N> = {
  readonly [K in keyof N]: N[K] extends { readonly always: true } ? K : never;
}[keyof N];

/** A row with the relations `A`, and those that `W` has; as it is where there are none. */
type With<Row, T extends ResourceTypes, W, A> = [keyof NestedOf<T> & (keyof W | A)] extends [never]
  ? Row
  : Flat<Row & Certain<NestedOf<T>, W, A> & Perhaps<NestedOf<T>, W>>;

type Flat<Row> = { readonly [K in keyof Row]: Row[K] };

/** Those that are shown. */
type Certain<N, W, A> = {
  readonly [K in keyof N as K extends keyof W
    ? Asked<W[K]> extends true
      ? K
      : never
    : K extends A
      ? K
      : never]: Rows<N[K], K extends keyof W ? W[K] : true>;
};

/** Those of which the types do not know whether they are shown, as where a query says `boolean`. */
type Perhaps<N, W> = {
  readonly [K in keyof N & keyof W as Asked<W[K]> extends true
    ? never
    : Asked<W[K]> extends false
      ? never
      : K]?: Rows<N[K], Exclude<W[K], boolean | undefined> | true>;
};

type Asked<V> = V extends object | true ? true : false;

type Rows<N, V> = N extends NestedTypes
  ? N["many"] extends true
    ? readonly Nested<N, V>[]
    : Nested<N, V> | null
  : never;

/** What is always shown of a resource's own rows is not where these are nested. */
type Nested<N extends NestedTypes, V> = Flat<
  With<
    FieldsShown<
      N["types"],
      V extends { readonly fields: readonly (infer F extends string)[] } ? F : N["fields"]
    >,
    N["types"],
    V extends { readonly with: infer W } ? W : Nothing,
    never
  >
>;
