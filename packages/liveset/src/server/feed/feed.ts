import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";

/**
 * The ordered log of transactions of one database.
 *
 * Order: listeners get every transaction exactly once, in commit order, whole; `read` gives the same order.
 */
export interface Feed {
  /** Identity of the log. Changes when the log was lost or no longer describes the tables. */
  readonly epoch: string;
  /** The last transaction that listeners were given. */
  readonly cursor: Cursor;
  /** Negative, zero or positive as `a` lies before, at or after `b`. Both must be of this epoch. */
  compare(a: Cursor, b: Cursor): number;
  /** A cursor that a client gave back, or null where it is not one of this log (malformed, of another epoch, or of a future that never was). */
  parse(text: string): Cursor | null;
  /**
   * The transactions after `after`, up to and including `upTo`; null where some of them were pruned.
   * Several commits of other processes may come as one transaction.
   */
  read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null>;
  /** Calls the listener for each transaction from now on, synchronously, until the returned function is called. A listener must not throw. */
  listen(listener: (transaction: Transaction) => void): () => void;
}
