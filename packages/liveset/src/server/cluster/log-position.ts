import type { Cursor } from "../../core/change/cursor.ts";
import { epochOf } from "../feed/log-cursor.ts";
import type { ClusterLog, LogEnds, LogPlace } from "./cluster-log.ts";
import { type Entry, readEntry } from "./entry.ts";

/** A cursor, and the place in the log after which the transactions after it stand. */
export interface LogPosition {
  /** The feed's epoch. */
  readonly epoch: string;
  readonly cursor: Cursor;
  readonly place: LogPlace;
}

/**
 * The position of an entry: behind it where it completes a transaction, before its transaction where not.
 *
 * @param at the place of the entry
 */
export function positionOf(entry: Entry, at: LogPlace): LogPosition {
  if (entry.type === "base") return { epoch: entry.epoch, cursor: entry.cursor, place: at };
  const isWhole = entry.part === entry.parts - 1;
  return {
    epoch: epochOf(entry.cursor),
    cursor: isWhole ? entry.cursor : entry.after,
    place: isWhole ? at : { ...at, place: at.place - entry.part - 1 },
  };
}

/**
 * Reads one entry.
 *
 * @returns null where it is not there any more, or is none
 */
export async function entryAt(log: ClusterLog, at: LogPlace): Promise<Entry | null> {
  const [found] = (await log.read({ ...at, place: at.place - 1 }, 1)) ?? [];
  return found === undefined ? null : readEntry(found.text);
}

/** How the log ends. */
export interface LogTail {
  readonly ends: LogEnds;
  /** Where the last transaction ends that is whole; null where the last entry is none of ours, or was not there any more. */
  readonly position: LogPosition | null;
  /** The place of the last entry. */
  readonly last: LogPlace;
}

/** Looks where the log ends; null where there is none. */
export async function readTail(log: ClusterLog): Promise<LogTail | null> {
  const ends = await log.ends();
  if (ends === null) return null;
  const last = { epoch: ends.epoch, place: ends.last };
  const entry = await entryAt(log, last);
  return { ends, position: entry === null ? null : positionOf(entry, last), last };
}
