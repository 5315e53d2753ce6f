import type { Json } from "./json.ts";
import type { Key } from "./key/key.ts";
import type { Lookup } from "./query/lookup.ts";

/** What a client must know of an action: whether it belongs to one row, its input and its result. */
export interface ActionTypes {
  readonly detail: boolean;
  readonly input: unknown;
  readonly result: unknown;
}

/** The types of one resource, as a client sees them. Carried by a declaration's `$types`, which exists in types only. */
export interface ResourceTypes {
  /** The serialised row, in wire values. */
  readonly row: object;
  readonly key: Key;
  /** Names of the row's fields that are its key, as far as types know them: these are always shown. */
  readonly keyField?: string;
  readonly create: unknown;
  readonly update: unknown;
  readonly patch: unknown;
  /** Wire values of the fields that may be filtered by. */
  readonly filterRow: object;
  /** The lookups declared for each of them. */
  readonly filters: { readonly [field: string]: Lookup };
  /** Conditions across relations, as far as they are declared: what stands in a `where` beside the fields. */
  readonly relatedFilters?: object;
  /** What may be nested in its rows, by relation: see `NestedTypes`. */
  readonly nested?: object;
  /** Names of the fields to order by. */
  readonly orderBy: string;
  readonly params: object;
  readonly actions: { readonly [name: string]: ActionTypes };
}

/** Names of the fields of a resource's rows: those that a caller may choose from. */
export type FieldOf<T extends ResourceTypes> = keyof T["row"] & string;

/** The fields `F` of a row, and its key. */
export type FieldsShown<T extends ResourceTypes, F extends string> = [FieldOf<T>] extends [F]
  ? T["row"]
  : Pick<T["row"], Extract<keyof T["row"], F | KeyFieldOf<T>>>;

type KeyFieldOf<T extends ResourceTypes> = T["keyField"] extends string ? T["keyField"] : never;

/** The types of an API: what `typeof api` tells a client. */
export interface ApiTypes {
  readonly $types?: { readonly [resource: string]: ResourceTypes };
}

/** The wire form of a JavaScript value: of a column's (see `WireRow`), or of what server code returns. */
export type WireValue<T> = T extends Date | bigint | Uint8Array
  ? string
  : T extends string | number | boolean | null
    ? T
    : T extends Json
      ? T
      : unknown extends T
        ? Json
        : T extends object
          ? { readonly [K in keyof T]: WireValue<T[K]> }
          : T;

/** A row of column values in wire form. */
export type WireRowOf<Row> = { readonly [K in keyof Row]: WireValue<Row[K]> };
