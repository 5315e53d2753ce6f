import { haveOneOf, type Tuple } from "../../../core/query/have-one-of.ts";
import type { Predicate, Relation } from "../../../core/query/predicate.ts";

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
