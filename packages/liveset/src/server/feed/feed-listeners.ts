import type { Transaction } from "../../core/change/transaction.ts";
import type { Log } from "../log.ts";
import type { FeedEvents } from "./feed.ts";

interface FeedListener {
  readonly take: (transaction: Transaction) => void;
  readonly events: Partial<FeedEvents>;
}

/** Who hears of a feed's transactions. One that throws is logged, and harms no other. */
export class FeedListeners {
  readonly #log: Log;
  readonly #listeners = new Set<FeedListener>();
  #isLive = true;

  constructor(log: Log) {
    this.#log = log;
  }

  /** The same function may listen twice. The returned function ends it. */
  add(take: (transaction: Transaction) => void, events: Partial<FeedEvents> = {}): () => void {
    const listener: FeedListener = { take, events };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Gives a transaction to all who listen now. */
  give(transaction: Transaction): void {
    this.#tell(({ take }) => take(transaction), transaction.cursor);
  }

  /** Tells all who listen now that another epoch has begun. */
  lose(epoch: string): void {
    this.#tell(({ events }) => events.lost?.(), epoch);
  }

  /** Tells all who listen now whether what is committed is told, where that has changed. */
  live(isLive: boolean): void {
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    this.#tell(({ events }) => events.live?.(isLive), "");
  }

  #tell(tell: (listener: FeedListener) => void, at: string): void {
    for (const listener of [...this.#listeners]) {
      try {
        tell(listener);
      } catch (error) {
        this.#log.error({ err: error, cursor: at }, "a listener of the feed failed");
      }
    }
  }
}
