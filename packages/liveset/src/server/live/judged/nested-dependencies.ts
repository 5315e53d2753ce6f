import { columnsOf } from "../../../core/query/columns-of.ts";
import { type Dependency, dependenciesOf } from "../../../core/query/dependencies-of.ts";
import type { Relation } from "../../../core/query/predicate.ts";
import type { Bound, Nested } from "../../operation/bound.ts";

/**
 * What nested rows depend on: the related rows themselves, in all that is shown of them or decides which are and in what order, and
 * what their own condition depends on; level by level.
 */
export function nestedDependencies(
  nested: readonly Nested[],
  path: readonly Relation[] = [],
): readonly Dependency[] {
  return nested.flatMap(({ relation, bound }) => {
    const { name, from, to, target } = relation;
    const table = target().name;
    const inner: readonly Relation[] = [...path, { name, table, from, to }];
    const { predicate } = bound;
    const own: Dependency = { table, path: inner, of: predicate, columns: columnsRead(bound, to) };
    const further = dependenciesOf(predicate).map((dependency) => ({
      ...dependency,
      path: dependency.path === null ? null : [...inner, ...dependency.path],
    }));
    return [own, ...further, ...nestedDependencies(bound.nested, inner)];
  });
}

/** Null where any column may matter: to SQL, to a computed field, to a permission. */
function columnsRead(
  { resource, predicate, projection, order }: Bound,
  to: readonly string[],
): ReadonlySet<string> | null {
  const decisive = columnsOf(predicate);
  const isAsked = resource.options.permissions?.retrieve !== undefined;
  if (decisive === null || projection.reads === null || isAsked) return null;
  return new Set([...to, ...decisive, ...projection.reads, ...order.map(({ column }) => column)]);
}
