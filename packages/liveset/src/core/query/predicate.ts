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

/** A way from the rows of one table to those of another: rows whose `from` columns equal the other's `to` columns, none of them NULL. */
export interface Relation {
  /** What the declaration calls it. */
  readonly name: string;
  /** The related table's name in the database. */
  readonly table: string;
  /** Columns of this table, by property name. */
  readonly from: readonly string[];
  /** Columns of the related table that equal them, in the same order. */
  readonly to: readonly string[];
}

/**
 * Whether some row, or none, of a related table fulfils `of`, which speaks of that table's columns. True or false, never
 * unknown. A relation to one row is asked with `some`.
 */
export interface Related {
  readonly op: "related";
  readonly relation: Relation;
  readonly quantifier: "some" | "none";
  readonly of: Predicate;
}

/** A condition in the user's own SQL, on the table that the whole predicate is about: never inside a `Related`. Only the database can decide it. */
export interface OpaquePredicate {
  readonly op: "opaque";
  /** The SQL, as the layer that prints it has it. */
  readonly sql: unknown;
  /** Names in the database of all tables that it reads. */
  readonly tables: readonly string[];
  /** SQL and parameters as text: two with the same text are the same condition. */
  readonly text: string;
}

/**
 * The AST of a condition on the rows of a table. SQL's three-valued logic holds: a comparison with
 * NULL is unknown, and a row is selected only where the whole is true.
 */
export type Predicate =
  | { readonly op: "true" }
  | { readonly op: "false" }
  | { readonly op: "and"; readonly of: readonly Predicate[] }
  | { readonly op: "or"; readonly of: readonly Predicate[] }
  | { readonly op: "not"; readonly of: Predicate }
  | Comparison
  | Related
  | OpaquePredicate;
