import type { LogEntry } from "../cluster-log.ts";

/** An entry of a stream as the package `redis` gives it. */
export interface StreamRow {
  readonly id: string;
  readonly message: Readonly<Record<string, string>>;
}

/** The entry of a row, null where it is of another epoch. */
export function entryOf({ id, message }: StreamRow, epoch: string): LogEntry | null {
  return message.e === epoch && message.t !== undefined ? { place: placeOfId(id), text: message.t } : null;
}

/** The place of an entry's id, `<place>-0`. */
export function placeOfId(id: string): number {
  return Number.parseInt(id, 10);
}
