import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import { placeOf } from "../feed/log-cursor.ts";
import type { ClusterLog } from "./cluster-log.ts";
import { findPosition } from "./find-position.ts";
import { TransactionJoiner } from "./transaction-joiner.ts";

/** Entries that are read at a time. */
const batch = 500;

/**
 * The log's transactions after a cursor up to another.
 *
 * @param epoch the feed's epoch
 * @returns null where the log does not reach back to `after`, has lost `upTo`, or is of another epoch
 * @throws LivesetError `unavailable` where the broker is gone
 */
export async function readTransactions(
  log: ClusterLog,
  epoch: string,
  after: Cursor,
  upTo: Cursor,
): Promise<readonly Transaction[] | null> {
  const ends = await log.ends();
  const begin = ends === null ? null : await findPosition(log, ends, epoch, after);
  const last = placeOf(epoch, upTo);
  if (begin === null || last === null) return null;
  const joiner = new TransactionJoiner(begin.cursor);
  const found: Transaction[] = [];
  let { place } = begin;
  while (joiner.cursor !== upTo) {
    const entries = (await log.read(place, batch)) ?? [];
    if (entries.length === 0) return null;
    for (const { text } of entries) {
      if (joiner.cursor === upTo) break;
      const joined = joiner.add(text);
      if (joined.type === "gap") return null;
      if (joined.type === "transaction") found.push(joined.transaction);
    }
    place = { ...place, place: place.place + entries.length };
  }
  return found;
}
