import type { Nothing } from "../nothing.ts";
import type { Lookup } from "./lookup.ts";

type TextLookup = "contains" | "icontains" | "startswith" | "istartswith" | "endswith";

/** The value of a lookup on a column whose wire value is `V`. */
export type LookupValue<V, L extends Lookup> = L extends "in"
  ? readonly NonNullable<V>[]
  : L extends "range"
    ? readonly [NonNullable<V>, NonNullable<V>]
    : L extends "isnull"
      ? boolean
      : L extends TextLookup
        ? string
        : L extends "exact" | "ne"
          ? V
          : NonNullable<V>;

/** Lookups by name on one column. Those given are joined by AND. */
export type LookupsOf<V, L extends Lookup = Lookup> = { readonly [K in L]?: LookupValue<V, K> };

/**
 * A condition as users write it: equality by value, lookups by name, `AND`, `OR`, `NOT`.
 * `Row` maps the columns that may be used to their wire values; `Related` has what may be said beside them, such as conditions
 * across relations.
 *
 * @example
 * ```ts
 * import type { Where } from "liveset";
 * const open: Where<{ done: boolean; text: string }> = {
 *   done: false,
 *   OR: [{ text: { icontains: "milk" } }, { text: { startswith: "Buy" } }],
 * };
 * ```
 */
export type Where<Row, Related = Nothing> = {
  readonly [K in keyof Row]?: Row[K] | LookupsOf<Row[K]>;
} & Related & {
    readonly AND?: readonly Where<Row, Related>[];
    readonly OR?: readonly Where<Row, Related>[];
    readonly NOT?: Where<Row, Related>;
  };

/** The same, where each column allows only the lookups that a resource declares for it. */
export type DeclaredWhere<Row, Declared extends { readonly [K in keyof Row]?: Lookup }, Related = Nothing> = {
  readonly [K in keyof Declared & keyof Row]?:
    | ("exact" extends Declared[K] ? Row[K] : never)
    | LookupsOf<Row[K], Declared[K] & Lookup>;
} & Related & {
    readonly AND?: readonly DeclaredWhere<Row, Declared, Related>[];
    readonly OR?: readonly DeclaredWhere<Row, Declared, Related>[];
    readonly NOT?: DeclaredWhere<Row, Declared, Related>;
  };
