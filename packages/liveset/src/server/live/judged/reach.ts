import type { Operand, Predicate, Relation } from "../../../core/query/predicate.ts";

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

/**
 * The rows from which a path leads to related rows with given values in the columns by which they are joined, whether or not such
 * rows are there:
 *
 *   task ─list─► list ─members─► (listId in …)      path: list, members      ⇒  tasks whose list has one of these ids
 */
export function leadTo(path: readonly Relation[], tuples: readonly Tuple[]): Predicate {
  const [last] = path.slice(-1);
  if (last === undefined) return { op: "false" };
  return path
    .slice(0, -1)
    .reduceRight<Predicate>(
      (of, relation) => ({ op: "related", relation, quantifier: "some", of }),
      haveOneOf(last.from, tuples),
    );
}
