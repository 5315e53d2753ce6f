import type { Cursor } from "../../core/change/cursor.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import type { Feed } from "../feed/feed.ts";
import { cursorOf, placeOf } from "../feed/log-cursor.ts";

/** A database's history, of which several servers may read the changes. */
export class History {
  readonly epoch = "0000abcd";
  readonly transactions: CapturedTransaction[] = [];
  readonly #readers = new Set<(transaction: CapturedTransaction) => void>();

  get cursor(): Cursor {
    return this.transactions.at(-1)?.cursor ?? this.cursorAt(0);
  }

  cursorAt(count: number): Cursor {
    return cursorOf(this.epoch, { seq: count, at: 7 });
  }

  /** How many transactions a cursor stands behind. */
  countAt(cursor: Cursor): number {
    return placeOf(this.epoch, cursor)?.seq ?? -1;
  }

  commit(size: number): void {
    const number = this.transactions.length + 1;
    const after = { id: number, text: "x".repeat(size) };
    const transaction: CapturedTransaction = {
      cursor: this.cursorAt(number),
      changes: [{ table: "t", before: null, after }],
      mutations: [`m${number}`],
      xid: number,
    };
    this.transactions.push(transaction);
    for (const read of [...this.#readers]) read(transaction);
  }

  /** @param known how many of the transactions until now the feed can tell, as after a restart of its server */
  feed(known: number): Feed {
    return feedOf(this, Math.max(0, this.transactions.length - known));
  }

  listen(read: (transaction: CapturedTransaction) => void): () => void {
    this.#readers.add(read);
    return () => void this.#readers.delete(read);
  }
}

function feedOf(history: History, floor: number): Feed {
  return {
    epoch: history.epoch,
    get cursor() {
      return history.cursor;
    },
    compare: (a, b) => history.countAt(a) - history.countAt(b),
    parse: (text) => {
      const count = history.countAt(text as Cursor);
      return count >= 0 && count <= history.transactions.length ? (text as Cursor) : null;
    },
    read: async (after, upTo) => {
      const [from, to] = [history.countAt(after), history.countAt(upTo)];
      return from < floor ? null : history.transactions.slice(from, to);
    },
    listen: (listener) => history.listen(listener),
  };
}
