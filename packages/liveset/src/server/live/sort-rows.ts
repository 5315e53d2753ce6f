import type { WireRow } from "../../core/json.ts";
import { compareRows } from "../../core/query/compare-rows.ts";
import type { LiveQuery } from "./live-query.ts";

/** A snapshot's rows in the order of one of its subscriptions. */
export function sortRows(rows: readonly WireRow[], { order, bound }: LiveQuery): readonly WireRow[] {
  if (rows.length < 2) return rows;
  const compare = compareRows(order, bound.resource.info.columns);
  if (rows.every((row, i) => i === 0 || compare(rows[i - 1] as WireRow, row) <= 0)) return rows;
  return [...rows].sort(compare);
}
