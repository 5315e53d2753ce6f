import type { Operand, Predicate } from "./predicate.ts";

/** Values of several columns together. */
export type Tuple = readonly Operand[];

/** The rows whose columns have one of the tuples of values. */
export function haveOneOf(columns: readonly string[], tuples: readonly Tuple[]): Predicate {
  const [only] = columns;
  if (only !== undefined && columns.length === 1) {
    return { op: "compare", column: only, lookup: "in", value: tuples.flat() };
  }
  return {
    op: "or",
    of: tuples.map((tuple) => ({
      op: "and",
      of: columns.map((column, index) => ({
        op: "compare",
        column,
        lookup: "exact",
        value: tuple[index] as Operand,
      })),
    })),
  };
}
