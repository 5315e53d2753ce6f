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

/** The epoch of a cursor that a feed has made. */
export function epochOf(cursor: Cursor): string {
  return cursor.slice(0, cursor.indexOf("-"));
}

/** The place of a cursor of this epoch; null for any other text. */
export function placeOf(epoch: string, text: string): LogPlace | null {
  const match = form.exec(text);
  if (match === null || match[1] !== epoch) return null;
  const place = { seq: Number(match[2]), at: Number.parseInt(match[3] ?? "", 36) };
  return cursorOf(epoch, place) === text ? place : null;
}

/** The place of a cursor; one of another epoch, which is over, lies before all places of this one. */
export function placeIn(epoch: string, cursor: Cursor): LogPlace {
  return placeOf(epoch, cursor) ?? { seq: -1, at: 0 };
}
