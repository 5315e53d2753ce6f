import type { Runtime } from "../../runtime.ts";
import type { JudgedQuery } from "./judged-query.ts";

/**
 * Throws where a query depends on a table that is neither a resource's nor related to one: nobody would tell that it changed, and
 * the list would go stale in silence.
 */
export function ensureWatched({ resources }: Runtime, { dependencies, query }: JudgedQuery): void {
  const all = [...resources.values()].flatMap(({ tables }) => tables.map(({ name }) => name));
  const unknown = dependencies.find(({ table }) => !all.includes(table));
  if (unknown === undefined) return;
  throw new TypeError(
    `${query.bound.resource.name} reads the table "${unknown.table}" in SQL, of which no changes are told: make it a resource's, or related to one in its schema.`,
  );
}
