import { canonical } from "../../core/query/canonical.ts";
import type { Nested } from "./bound.ts";
import type { Projection } from "./projection.ts";

/** A projection that shows nested rows too, which stand in a row under the names of their relations. */
export function nesting(projection: Projection, nested: readonly Nested[]): Projection {
  if (nested.length === 0) return projection;
  const names = nested.map(({ relation }) => relation.name);
  const joined = nested.flatMap(({ relation }) => relation.from);
  return {
    ...projection,
    nested: names,
    reads: projection.reads === null ? null : new Set([...projection.reads, ...joined]),
    text: JSON.stringify([projection.text, nested.map(textOf)]),
    serialize: (row) => ({
      ...projection.serialize(row),
      ...Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
    }),
  };
}

function textOf({ relation, bound }: Nested): readonly unknown[] {
  const { projection, predicate, order, limit } = bound;
  return [relation.name, projection.text, canonical(predicate), order, Number.isFinite(limit) ? limit : null];
}
