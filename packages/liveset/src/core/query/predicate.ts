import type { Lookup } from "./lookup.ts";

/** A value in a predicate, in wire form (see `WireRow`) and already checked against its column. Never null: null is `isnull`. */
export type Operand = string | number | boolean;

/** One column against a value: the leaf of every predicate. `in` takes any number of operands, `range` exactly two, `isnull` a boolean. */
export interface Comparison {
  readonly op: "compare";
  readonly column: string;
  readonly lookup: Lookup;
  readonly value: Operand | readonly Operand[];
}

/**
 * The AST of a condition on one table's own columns. SQL's three-valued logic holds: a comparison with
 * NULL is unknown, and a row is selected only where the whole is true.
 */
export type Predicate =
  | { readonly op: "true" }
  | { readonly op: "false" }
  | { readonly op: "and"; readonly of: readonly Predicate[] }
  | { readonly op: "or"; readonly of: readonly Predicate[] }
  | { readonly op: "not"; readonly of: Predicate }
  | Comparison;
