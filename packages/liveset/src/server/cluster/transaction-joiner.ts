import type { Cursor } from "../../core/change/cursor.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import { type Contents, type PartEntry, readEntry } from "./entry.ts";

/** What an entry completes: a transaction, nothing yet, or the sign that something before it was missed. */
export type Joined =
  | { readonly type: "transaction"; readonly transaction: CapturedTransaction }
  | { readonly type: "incomplete" }
  | { readonly type: "gap" };

const incomplete: Joined = { type: "incomplete" };
const gap: Joined = { type: "gap" };

/**
 * Makes transactions of a log's entries, in order. A writer that died in the middle of a transaction leaves a first part of
 * it; the next writer begins the transaction anew. Everything else that does not fit is a gap, never passed over: entries say
 * which transaction they follow.
 */
export class TransactionJoiner {
  #cursor: Cursor;
  #open: PartEntry[] = [];

  /** @param cursor the transaction before the first entry */
  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** The last transaction that was completed. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  add(text: string): Joined {
    const entry = readEntry(text);
    if (entry?.type !== "part" || entry.after !== this.#cursor) return gap;
    if (entry.part === 0) this.#open = [];
    const [first = entry] = this.#open;
    const fits =
      entry.cursor === first.cursor && entry.parts === first.parts && entry.part === this.#open.length;
    if (!fits) return gap;
    this.#open.push(entry);
    if (this.#open.length < entry.parts) return incomplete;
    const contents = readContents(this.#open.map(({ data }) => data).join(""));
    this.#open = [];
    if (contents === null) return gap;
    this.#cursor = entry.cursor;
    return { type: "transaction", transaction: { cursor: entry.cursor, ...contents } };
  }
}

function readContents(text: string): Contents | null {
  try {
    const { changes, mutations, xid } = JSON.parse(text) as Contents;
    return { changes, mutations, ...(xid !== undefined && { xid }) };
  } catch {
    return null;
  }
}
