import type { ResourceTypes } from "../core/api-types.ts";
import type { Fewer, Levels, NestedOf, NestedTypes } from "../core/nested-types.ts";
import type { Nothing } from "../core/nothing.ts";
import type { OrderBy } from "../core/query/order.ts";
import type { Filters } from "./filters.ts";

/**
 * Which related rows are nested in those of a query, by the name of the relation: `true` for all that the caller may see of them, a
 * query for some. Two levels deep.
 */
export type With<T extends ResourceTypes = ResourceTypes, L extends Levels = 2> = L extends 0
  ? Nothing
  : {
      readonly [K in keyof NestedOf<T>]?: boolean | NestedQuery<NestedOf<T>[K], Fewer[L]>;
    };

/** What may be asked of nested rows; an order and a limit only where they are many. The limit is for each row that they are nested in. */
export type NestedQuery<N, L extends Levels = 1> = N extends NestedTypes
  ? Wished<N, L> &
      (N["many"] extends true
        ? { readonly orderBy?: OrderBy<N["types"]["orderBy"]>; readonly limit?: number }
        : Nothing)
  : never;

interface Wished<N extends NestedTypes, L extends Levels> {
  readonly where?: Filters<N["types"]>;
  /** Words that must all occur. */
  readonly search?: string;
  /** The fields to be shown, beside the key. Default: all. */
  readonly fields?: readonly N["fields"][];
  readonly with?: With<N["types"], L>;
}

/**
 * A value inferred from what a caller writes, where it has nothing but what `Q` knows, at every depth; what it has beyond stands as
 * `never`. TypeScript itself does not look for that where a type is inferred.
 */
export type Exactly<V, Q> = V extends readonly unknown[]
  ? { readonly [K in keyof V]: Exactly<V[K], ElementOf<Q>> }
  : V extends object
    ? { readonly [K in keyof V]: K extends KeyOf<Q> ? Exactly<V[K], At<Q, K>> : never }
    : V;

type ElementOf<Q> = Q extends readonly (infer E)[] ? E : never;
type KeyOf<Q> = Q extends object ? keyof Q : never;
type At<Q, K> = Q extends object ? (K extends keyof Q ? Q[K] : never) : never;
