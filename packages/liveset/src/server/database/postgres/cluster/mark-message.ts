import type { Cursor } from "../../../../core/change/cursor.ts";

/** What the node that reads the changes tells all: a mark that one of them has put into the WAL stands behind this cursor. */
export interface MarkMessage {
  readonly type: "mark";
  readonly id: string;
  readonly cursor: Cursor;
}

/** The message as a text that `readMark` reads. */
export function markText(id: string, cursor: Cursor): string {
  return JSON.stringify({ type: "mark", id, cursor } satisfies MarkMessage);
}

/** A message of this kind; null for others, and for what is none. */
export function readMark(text: string): MarkMessage | null {
  if (!text.startsWith('{"type":"mark"')) return null;
  try {
    const { id, cursor } = JSON.parse(text) as Record<string, unknown>;
    if (typeof id !== "string" || typeof cursor !== "string") return null;
    return { type: "mark", id, cursor: cursor as Cursor };
  } catch {
    return null;
  }
}
