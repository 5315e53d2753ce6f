import type { Transaction } from "../../core/change/transaction.ts";
import type { Log } from "../log.ts";

/** Who hears of a feed's transactions. One that throws is logged, and harms no other. */
export class FeedListeners {
  readonly #log: Log;
  readonly #listeners = new Set<(transaction: Transaction) => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** The same function may listen twice. The returned function ends it. */
  add(listener: (transaction: Transaction) => void): () => void {
    const own = (transaction: Transaction): void => listener(transaction);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Gives a transaction to all who listen now. */
  give(transaction: Transaction): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(transaction);
      } catch (error) {
        this.#log.error({ err: error, cursor: transaction.cursor }, "a listener of the feed failed");
      }
    }
  }
}
