import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";

/** What a feed tells beside its transactions, synchronously and in order with them. */
export interface FeedEvents {
  /**
   * What was given cannot be continued: the log was lost, cut off, or is of another database. `epoch` and `cursor` are the new log's
   * already; what was committed up to it is not told, and every read that begins from now on sees it. Must not throw.
   */
  readonly lost: () => void;
  /**
   * Whether what is committed is told. It is at first; `false`: the database is away; `true`: it is back, and everything has been told.
   * Each is said when it changes. Must not throw.
   */
  readonly live: (isLive: boolean) => void;
}

/**
 * The ordered log of transactions of one database.
 *
 * Order: listeners get every transaction exactly once, in commit order, whole; `read` gives the same order.
 */
export interface Feed {
  /** Identity of the log. Changes when the log was lost or no longer describes the tables: see `FeedEvents.lost`. */
  readonly epoch: string;
  /** The last transaction that listeners were given. */
  readonly cursor: Cursor;
  /** Negative, zero or positive as `a` lies before, at or after `b`. A cursor of an epoch that is over lies before all of this one. */
  compare(a: Cursor, b: Cursor): number;
  /** A cursor that a client gave back, or null where it is not one of this log (malformed, of another epoch, or of a future that never was). */
  parse(text: string): Cursor | null | Promise<Cursor | null>;
  /**
   * The transactions after `after`, up to and including `upTo`; null where some of them were pruned, or `after` is of an epoch that is
   * over.
   * Several commits of other processes may come as one transaction.
   */
  read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null>;
  /** Calls the listener for each transaction from now on, synchronously, until the returned function is called. A listener must not throw. */
  listen(listener: (transaction: Transaction) => void, events?: Partial<FeedEvents>): () => void;
}
