import { columnsOf } from "../../core/query/columns-of.ts";
import type { LiveQuery } from "./live-query.ts";

/**
 * The columns of which a change must alter one to mean anything to a query: those that decide which rows it has, and
 * those that are shown. Null where these cannot be named: a computed field or a permission may read any.
 */
export function readsOf({ bound, may }: LiveQuery): ReadonlySet<string> | null {
  const shown = bound.resource.reads;
  const decisive = columnsOf(bound.predicate);
  if (may !== null || shown === null || decisive === null) return null;
  return new Set([...decisive, ...shown]);
}
