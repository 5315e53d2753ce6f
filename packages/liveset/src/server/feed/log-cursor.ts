import type { Cursor } from "../../core/change/cursor.ts";

/** A place in the log: the number of a row, and when it was written, in ms since 1970. */
export interface LogPlace {
  readonly seq: number;
  /** Tells a log that was restored from a backup and went another way: there the row of this number has another time. */
  readonly at: number;
}

/** The cursor of a place: `<epoch>-<seq>-<time>`. */
export function cursorOf(epoch: string, { seq, at }: LogPlace): Cursor {
  return `${epoch}-${seq}-${at.toString(36)}` as Cursor;
}

const form = /^([0-9a-f]{8})-(0|[1-9]\d{0,15})-([0-9a-z]{1,11})$/;

/** The place of a cursor of this epoch; null for any other text. */
export function placeOf(epoch: string, text: string): LogPlace | null {
  const match = form.exec(text);
  if (match === null || match[1] !== epoch) return null;
  const place = { seq: Number(match[2]), at: Number.parseInt(match[3] ?? "", 36) };
  return cursorOf(epoch, place) === text ? place : null;
}

/**
 * The place of a cursor that must be of this epoch.
 *
 * @throws TypeError where it is not: `parse` is for cursors that clients give back.
 */
export function knownPlace(epoch: string, cursor: Cursor): LogPlace {
  const place = placeOf(epoch, cursor);
  if (place === null) throw new TypeError(`"${cursor}" is not a cursor of this feed's epoch.`);
  return place;
}
