import type { WireRow } from "../../../core/json.ts";
import type { Bound } from "../../operation/bound.ts";
import { ensureFew } from "../../operation/ensure-few.ts";
import { fetchRows } from "../../operation/fetch-rows.ts";
import type { Db } from "../../register.ts";
import type { Runtime } from "../../runtime.ts";

/** Rows read at once, at least. */
const leastPart = 100;

/**
 * The first rows of a bound query, behind its position and in its order, that a permission lets be seen: so many, or all that there
 * are. The list is read on until there are enough, in the snapshot of `db`.
 *
 * @throws LivesetError `too_many_rows` where more than `limits.liveRows` rows would have to be read; whatever the permission throws.
 */
export async function readPermitted(
  { database, limits }: Runtime,
  db: Db,
  bound: Bound,
  may: (row: WireRow) => boolean,
  enough: number,
): Promise<readonly WireRow[]> {
  const permitted: WireRow[] = [];
  const most = limits.liveRows + 1;
  const part = Math.min(most, Math.max(leastPart, 2 * enough));
  for (let offset = 0; permitted.length < enough; offset += part) {
    const limit = Math.min(part, most - offset);
    const rows = await fetchRows(db, { ...bound, limit, offset }, database.dialect);
    for (const row of rows) if (permitted.length < enough && may(row)) permitted.push(row);
    if (permitted.length < enough) ensureFew(offset + rows.length, limits.liveRows);
    if (rows.length < limit) break;
  }
  return permitted;
}
