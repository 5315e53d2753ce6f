import type { Cursor } from "../../core/change/cursor.ts";
import { epochOf, placeOf } from "../feed/log-cursor.ts";
import type { ClusterLog, LogEnds } from "./cluster-log.ts";
import { entryAt, type LogPosition, positionOf } from "./log-position.ts";

/**
 * Where in the log a cursor stands: bisected, since cursors only grow in it.
 *
 * @param epoch the feed's epoch
 * @returns null where the log does not reach back to it, or never had it
 */
export async function findPosition(
  log: ClusterLog,
  ends: LogEnds,
  epoch: string,
  cursor: Cursor,
): Promise<LogPosition | null> {
  const sought = placeOf(epoch, cursor);
  if (sought === null) return null;
  // The last entry whose cursor is not beyond: it completes the transaction, or the base is there.
  let [low, high] = [ends.first - 1, ends.last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const entry = await entryAt(log, { epoch: ends.epoch, place: middle });
    if (entry === null) return null;
    const place = placeOf(epoch, entry.cursor);
    if (place === null) return null;
    if (place.seq <= sought.seq) low = middle;
    else high = middle - 1;
  }
  if (low < ends.first) return beforeFirst(log, ends, cursor);
  const at = { epoch: ends.epoch, place: low };
  const entry = await entryAt(log, at);
  if (entry === null) return null;
  const position = positionOf(entry, at);
  return position.cursor === cursor ? position : null;
}

/** The first entry may follow the cursor although the one before it was pruned. */
async function beforeFirst(log: ClusterLog, ends: LogEnds, cursor: Cursor): Promise<LogPosition | null> {
  const first = { epoch: ends.epoch, place: ends.first };
  const entry = await entryAt(log, first);
  if (entry?.type !== "part" || entry.part !== 0 || entry.after !== cursor) return null;
  return { epoch: epochOf(cursor), cursor, place: { ...first, place: first.place - 1 } };
}
