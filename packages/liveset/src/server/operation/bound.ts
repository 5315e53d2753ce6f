import type { Order } from "../../core/query/order.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import type { TableRelation } from "../table/table-info.ts";
import type { Projection } from "./projection.ts";

/** Rows that are nested in those of a query. */
export interface Nested {
  readonly relation: TableRelation;
  /** Of the related rows, those that may be shown and are asked for; a limit is for each row that they are nested in. */
  readonly bound: Bound;
}

/** A query bound to a caller: nothing of the caller's wishes or rights is left outside the predicate. */
export interface Bound {
  readonly resource: CompiledResource;
  readonly context: Context;
  /** Scope ∧ filter ∧ search, and the key's equality for one row. Normalised. */
  readonly predicate: Predicate;
  /** The scope alone. The predicate has it already. */
  readonly scope: Predicate;
  /** What is nested in its rows. */
  readonly nested: readonly Nested[];
  /** How its rows are shown, with what is nested in them. */
  readonly projection: Projection;
  /** Ends with the key's columns. */
  readonly order: Order;
  readonly limit: number;
  readonly offset: number;
  /** The position that the page begins behind; the order's values, in its order. */
  readonly after: readonly (string | number | boolean | null)[] | null;
}
