import type { Change } from "../../core/change/change.ts";
import type { Cursor } from "../../core/change/cursor.ts";

/** The form in which transactions stand in a cluster log. A node that finds another one does not guess. */
export const entryVersion = 1;

/** Where a log begins: the transactions after `cursor` follow. */
export interface BaseEntry {
  readonly v: typeof entryVersion;
  readonly type: "base";
  /** The feed's epoch, in which all cursors of this log are. */
  readonly epoch: string;
  readonly cursor: Cursor;
}

/** A transaction, or one of the parts of a large one, which follow each other. */
export interface PartEntry {
  readonly v: typeof entryVersion;
  readonly type: "part";
  /** The transaction before this one in the log: who has not got it, has missed something. */
  readonly after: Cursor;
  readonly cursor: Cursor;
  /** Counted from 0. */
  readonly part: number;
  readonly parts: number;
  /** What it holds: JSON of `Contents`, the texts of all parts one after another. */
  readonly data: string;
}

/** What a transaction holds beside its cursor. */
export interface Contents {
  readonly changes: readonly Change[];
  readonly mutations: readonly string[];
  /** As in `CapturedTransaction`. */
  readonly xid?: number;
}

export type Entry = BaseEntry | PartEntry;

/**
 * An entry that `JSON.stringify` wrote.
 *
 * @returns null where it is none, or one of another version
 */
export function readEntry(text: string): Entry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const entry = value as Partial<Record<keyof BaseEntry | keyof PartEntry, unknown>>;
  if (entry.v !== entryVersion || typeof entry.cursor !== "string") return null;
  if (entry.type === "base") return typeof entry.epoch === "string" ? (value as BaseEntry) : null;
  const isPart =
    entry.type === "part" &&
    typeof entry.after === "string" &&
    typeof entry.data === "string" &&
    Number.isInteger(entry.part) &&
    Number.isInteger(entry.parts);
  return isPart ? (value as PartEntry) : null;
}

/** The text of a log's first entry. */
export function baseText(epoch: string, cursor: Cursor): string {
  return JSON.stringify({ v: entryVersion, type: "base", epoch, cursor } satisfies BaseEntry);
}
