import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import { Mutex } from "../database/mutex.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import type { Feed, FeedEvents } from "../feed/feed.ts";
import { FeedListeners } from "../feed/feed-listeners.ts";
import { placeIn, placeOf } from "../feed/log-cursor.ts";
import type { Log } from "../log.ts";
import type { ClusterLog } from "./cluster-log.ts";
import type { LogPosition } from "./log-position.ts";
import { readTransactions } from "./read-transactions.ts";
import { RecentTransactions } from "./recent-transactions.ts";

/** What the feed works with. */
export interface LogFeedParts {
  readonly cluster: ClusterLog;
  readonly log: Log;
  /** Resolves when the feed has been given all that was committed before the call. */
  readonly caughtUp: () => Promise<void>;
}

/** Rows of the last transactions that are kept in memory; those before are read from the log. */
const mostRecent = 20_000;

/** One node's feed: the transactions of the cluster's log, so that a cursor means the same on every node. Whoever reads the log calls `give`. */
export class LogFeed implements Feed {
  readonly #parts: LogFeedParts;
  readonly #listeners: FeedListeners;
  /** One reading of what memory has not: many clients may come back at once. */
  readonly #readings = new Mutex();
  #recent: RecentTransactions;

  constructor(parts: LogFeedParts, { epoch, cursor }: Pick<LogPosition, "epoch" | "cursor">) {
    this.#parts = parts;
    this.#listeners = new FeedListeners(parts.log);
    this.#recent = new RecentTransactions(epoch, cursor, mostRecent);
  }

  get epoch(): string {
    return this.#recent.epoch;
  }

  get cursor(): Cursor {
    return this.#recent.last;
  }

  compare(a: Cursor, b: Cursor): number {
    return placeIn(this.epoch, a).seq - placeIn(this.epoch, b).seq;
  }

  /** A cursor that another node has given may be of a transaction that is still on its way to this one. */
  async parse(text: string): Promise<Cursor | null> {
    if (placeOf(this.epoch, text) === null) return null;
    const cursor = text as Cursor;
    if (this.compare(cursor, this.cursor) > 0) await this.#parts.caughtUp();
    // It may have begun anew meanwhile.
    return this.#recent.judge(cursor) === "unknown" ? null : cursor;
  }

  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const recent = this.#recent.between(after, upTo);
    if (recent !== null || this.#recent.judge(after) === "unknown") return recent;
    const { epoch } = this;
    return this.#readings.run(() => readTransactions(this.#parts.cluster, epoch, after, upTo));
  }

  listen(listener: (transaction: Transaction) => void, events?: Partial<FeedEvents>): () => void {
    return this.#listeners.add(listener, events);
  }

  /** Gives listeners the transaction that follows. */
  give(transaction: CapturedTransaction): void {
    this.#recent.add(transaction);
    this.#listeners.give(transaction);
  }

  /** Listeners are told whether what is committed is told. */
  live(isLive: boolean): void {
    this.#listeners.live(isLive);
  }

  /** What follows begins elsewhere: listeners are told that something is missing. */
  lose({ epoch, cursor }: Pick<LogPosition, "epoch" | "cursor">): void {
    this.#recent = new RecentTransactions(epoch, cursor, mostRecent);
    this.#listeners.lose(epoch);
  }
}
