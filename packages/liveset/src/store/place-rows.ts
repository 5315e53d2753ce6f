import type { WireRow } from "../core/json.ts";
import { compareRows } from "../core/query/compare-rows.ts";
import type { List } from "./list.ts";

/** A row to be placed. */
export interface Arrival {
  readonly row: WireRow;
  /** No list has it yet, and perhaps not all of its fields are known. */
  readonly isNew: boolean;
  /** Its key is a makeshift, which says nothing of its place. */
  readonly isTemporary: boolean;
}

/**
 * A list's rows without some and with others, in the list's order. What is not known of a new row is taken to come after
 * all others', as a growing key does. A new row that would stand last before more rows is left out: its true place may
 * be behind the window.
 */
export function placeRows(
  list: List,
  removed: ReadonlySet<WireRow>,
  added: readonly Arrival[],
  hasMore: boolean,
): WireRow[] {
  const rows = list.rows.filter((row) => !removed.has(row));
  // The others first: a new row's place is told by theirs.
  for (const arrival of [...added].sort((a, b) => Number(a.isNew) - Number(b.isNew))) {
    const compare = arrival.isNew ? compareNew(list, arrival) : list.shape.compare;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(rows[middle] as WireRow, arrival.row) <= 0) low = middle + 1;
      else high = middle;
    }
    if (low < rows.length || !arrival.isNew || !hasMore) rows.splice(low, 0, arrival.row);
  }
  return rows;
}

function compareNew({ shape }: List, { isTemporary }: Arrival): (a: WireRow, b: WireRow) => number {
  const terms = (shape.order ?? []).map((term) => {
    const { column, direction, kind } = term;
    const columns = new Map([[column, { name: column, kind, nullable: true }]]);
    return { column, sign: direction === "asc" ? -1 : 1, compare: compareRows([term], columns) };
  });
  return (there, arriving) => {
    for (const { column, sign, compare } of terms) {
      if (arriving[column] === undefined || (isTemporary && shape.keys.includes(column))) return sign;
      const result = compare(there, arriving);
      if (result !== 0) return result;
    }
    return 0;
  };
}
