import type { Cursor } from "../../core/change/cursor.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import { type Contents, entryVersion, type PartEntry } from "./entry.ts";

/** What an entry has beside its data: names, numbers, quotes. */
const overhead = 200;

/** Characters that a transaction may have as a text: half of what a log keeps by default, and far less than a text can have. */
const usualLongest = 128 * 2 ** 20;

/** A transaction has a longer text than a log takes. */
export class TransactionTooLarge extends Error {}

/**
 * A transaction as texts for the log: one, or several where it is larger than one entry may be.
 *
 * @param after the transaction before it in the log
 * @param entryBytes bytes of UTF-8 that a text may have, 1,024 at least
 * @param longest characters that the texts may have together, about
 * @throws TransactionTooLarge beyond that
 */
export function splitTransaction(
  { cursor, changes, mutations, xid }: CapturedTransaction,
  after: Cursor,
  entryBytes: number,
  longest: number = usualLongest,
): string[] {
  const contents = textOf({ changes, mutations, ...(xid !== undefined && { xid }) });
  if (contents === null || contents.length > longest)
    throw new TransactionTooLarge(`The transaction at ${cursor} is longer than ${longest} characters.`);
  const room = entryBytes - overhead - after.length - cursor.length;
  if (room < 256)
    throw new RangeError(`Entries of ${entryBytes} bytes are too small for cursors of this length.`);
  const pieces = cut(contents, room);
  return pieces.map((data, part) =>
    JSON.stringify({
      v: entryVersion,
      type: "part",
      after,
      cursor,
      part,
      parts: pieces.length,
      data,
    } satisfies PartEntry),
  );
}

/** Null where no text can be as long. */
function textOf(contents: Contents): string | null {
  try {
    return JSON.stringify(contents);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Cuts a text so that each piece, as a JSON string in UTF-8, has at most so many bytes. Surrogate pairs stay whole. */
function cut(text: string, bytes: number): string[] {
  const pieces: string[] = [];
  let begin = 0;
  let size = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) ?? 0;
    const length = code > 0xffff ? 2 : 1;
    const cost = bytesOf(code);
    if (size + cost > bytes) {
      pieces.push(text.slice(begin, at));
      begin = at;
      size = 0;
    }
    size += cost;
    at += length;
  }
  pieces.push(text.slice(begin));
  return pieces;
}

/** Bytes of a code point in a JSON string. */
function bytesOf(code: number): number {
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) return 6;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
