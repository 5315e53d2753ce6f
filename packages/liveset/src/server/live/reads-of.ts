import { columnsOf } from "../../core/query/columns-of.ts";
import type { LiveQuery } from "./live-query.ts";

/**
 * The columns of which a change must alter one to mean anything to a query: those that decide which rows it has, and
 * in which place where it has only the first, and those that are shown. Null where these cannot be named: a computed field or a permission may read any.
 */
export function readsOf({ bound, may, window }: LiveQuery): ReadonlySet<string> | null {
  const shown = bound.projection.reads;
  const decisive = columnsOf(bound.predicate);
  if (may !== null) return null;
  if (window?.limit === 0) return decisive;
  if (shown === null || decisive === null) return null;
  const placing = window === null ? [] : bound.order.map(({ column }) => column);
  return new Set([...decisive, ...shown, ...placing]);
}
