import type { WireRow } from "../../../core/json.ts";
import { countRows, fetchRows } from "../../operation/fetch-rows.ts";
import type { Db } from "../../register.ts";
import type { Runtime } from "../../runtime.ts";
import type { LiveQuery } from "../live-query.ts";
import { readPermitted } from "./read-permitted.ts";

/** What the database says of a window. */
export interface WindowReading {
  /** Its first rows, all columns, those known ahead included; only such as a permission lets be seen. */
  readonly rows: readonly WireRow[];
  /** Rows of the whole list; null where that is not asked. */
  readonly total: number | null;
}

/** What is asked of a window: its first so many rows, and whether all are counted. */
export interface AskedOfWindow {
  readonly limit: number;
  readonly total: boolean;
}

/**
 * Reads the first rows of a live query, and how many there are in all, in the snapshot of `db`; what is nested in them is not. Where a
 * permission is asked with each row, rows that it withholds count for nothing.
 *
 * @throws what `readPermitted` throws.
 */
export async function readWindow(
  runtime: Runtime,
  db: Db,
  { bound, may }: LiveQuery,
  { limit, total }: AskedOfWindow,
): Promise<WindowReading> {
  if (may === null) {
    const { dialect } = runtime.database;
    return {
      rows: limit === 0 ? [] : await fetchRows(db, { ...bound, limit, offset: 0 }, dialect),
      total: total ? await countRows(db, bound, dialect) : null,
    };
  }
  const first = (after: typeof bound.after, enough: number): Promise<readonly WireRow[]> =>
    readPermitted(runtime, db, { ...bound, after }, may, enough);
  if (!total) return { rows: await first(bound.after, limit), total: null };
  const all = await first(null, Number.POSITIVE_INFINITY);
  return {
    rows: bound.after === null ? all.slice(0, limit) : await first(bound.after, limit),
    total: all.length,
  };
}
