import type { Cursor } from "../../core/change/cursor.ts";
import type { Clock } from "../../core/clock.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import type { Feed } from "../feed/feed.ts";
import type { Log } from "../log.ts";
import type { ClusterLog, LogPlace } from "./cluster-log.ts";
import { baseText } from "./entry.ts";
import { type LogTail, readTail } from "./log-position.ts";
import { Pause } from "./pause.ts";
import { RecentTransactions } from "./recent-transactions.ts";
import { splitTransaction, TransactionTooLarge } from "./split-transaction.ts";

/** What a publisher works with. */
export interface PublisherParts {
  readonly cluster: ClusterLog;
  /** The database's own feed. What it gives and reads are `CapturedTransaction`s where its database has snapshots. */
  readonly source: Feed;
  readonly log: Log;
  readonly clock: Clock;
  /** Characters of the largest transaction; see `splitTransaction`. */
  readonly longest?: number;
}

/** Rows that may wait for the log in memory; when there are more, the feed is read again. */
const mostWaiting = 50_000;

/** Rows that were published last and are kept: a log that was lost begins before them, so that nodes find their places in it. */
const mostRecent = 5_000;

/** Characters of the texts that are appended at once, about. */
const portion = 1_000_000;

/** Before the next attempt at a broker that is gone, in ms: the first time, and at most. */
const firstPause = 50;
const longestPause = 1_000;

/** Where the next transaction goes: after this one, behind this entry. */
interface Writing {
  readonly cursor: Cursor;
  readonly place: LogPlace;
}

/** Where to go on, and what is to be published at once. */
interface Continuation {
  readonly writing: Writing;
  readonly missing: readonly CapturedTransaction[];
}

/**
 * Publishes a feed's transactions to a cluster's log: each once, in order, beginning after the last one that is there whole. Where the log
 * is not there, is of another feed, or ends before what the feed can still tell, it is begun anew; so it is after a transaction that is too
 * large for it.
 *
 * Several may publish the same feed: each entry names the place that it follows, so that of two one succeeds, and the other looks where the
 * log ends now.
 */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #pause: Pause;
  #waiting: CapturedTransaction[] = [];
  #waitingRows = 0;
  #writing: Writing | null = null;
  #recent: RecentTransactions | null = null;
  #relocations = 0;
  #open = true;
  #done: Promise<void> | null = null;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
  }

  /** The last transaction that the log has for sure; null where that is not known. */
  get published(): Cursor | null {
    return this.#writing?.cursor ?? null;
  }

  /** Begins. */
  start(): void {
    this.#done ??= this.#run();
  }

  /** Resolves when nothing more is published. */
  async stop(): Promise<void> {
    this.#open = false;
    this.#pause.end();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { source, log } = this.#parts;
    const unlisten = source.listen((transaction) => this.#enqueue(transaction), {
      lost: () => this.#relocate(),
    });
    let pause = 0;
    while (this.#open) {
      try {
        await this.#step();
        pause = 0;
      } catch (error) {
        if (pause === 0) log.warn({ err: error }, "the cluster's log cannot be written: trying again");
        // Whether it was appended is not known.
        this.#writing = null;
        pause = Math.min(longestPause, Math.max(firstPause, 2 * pause));
        if (this.#open) await this.#pause.wait(pause);
      }
    }
    unlisten();
  }

  #enqueue(transaction: CapturedTransaction): void {
    this.#waiting.push(transaction);
    this.#waitingRows += transaction.changes.length + 1;
    if (this.#waitingRows > mostWaiting) this.#relocate();
    else this.#pause.end();
  }

  /** Gives up the place and the queue: both are to be found anew. */
  #relocate(): void {
    this.#setWaiting([]);
    this.#writing = null;
    this.#relocations++;
    this.#pause.end();
  }

  #setWaiting(waiting: readonly CapturedTransaction[]): void {
    this.#waiting = [...waiting];
    this.#waitingRows = rowsOf(waiting);
  }

  async #step(): Promise<void> {
    const writing = this.#writing;
    if (writing === null) return this.#locate();
    const { cluster, longest } = this.#parts;
    const next = nextTexts(this.#waiting, writing.cursor, { entryBytes: cluster.entryBytes, longest });
    if (next.tooLarge !== null) return this.#skip(next.tooLarge, writing);
    if (next.taken.length === 0) return this.#pause.wait(null);
    const place = await cluster.append(next.texts, writing.place);
    // Given up meanwhile.
    if (this.#writing !== writing) return;
    if (place === null) return this.#relocate();
    const { cursor } = next.taken.at(-1) ?? writing;
    this.#writing = { ...writing, cursor, place };
    this.#setWaiting(this.#waiting.slice(next.taken.length));
    for (const transaction of next.taken) this.#recent?.add(transaction);
  }

  /** Begins the log anew after a transaction: who follows it knows that something is missing. */
  async #skip({ cursor }: CapturedTransaction, writing: Writing): Promise<void> {
    const { source, cluster, log } = this.#parts;
    log.error(
      { cursor },
      "a transaction is too large for the cluster's log: it begins anew after it, and all lists are sent anew",
    );
    const place = await cluster.begin(baseText(source.epoch, cursor), await cluster.ends());
    // Given up meanwhile.
    if (this.#writing !== writing) return;
    if (place === null) return this.#relocate();
    this.#writing = { cursor, place };
    this.#setWaiting(this.#waiting.slice(1));
    this.#recent = new RecentTransactions(source.epoch, cursor, mostRecent);
  }

  /** Looks where the log ends, or begins it, and puts all that is to follow into the queue. */
  async #locate(): Promise<void> {
    const { source } = this.#parts;
    const relocations = this.#relocations;
    const tail = await readTail(this.#parts.cluster);
    const upTo = source.cursor;
    const found = (tail === null ? null : await this.#after(tail, upTo)) ?? (await this.#begin(tail, upTo));
    // Somebody else has begun the log, or the queue was given up: what is missing is not known any more.
    if (found === null || relocations !== this.#relocations) {
      if (this.#open) await this.#pause.wait(firstPause);
      return;
    }
    const { writing, missing } = found;
    const later = this.#waiting.filter(({ cursor }) => source.compare(cursor, upTo) > 0);
    this.#setWaiting(
      [...missing, ...later].filter(({ cursor }) => source.compare(cursor, writing.cursor) > 0),
    );
    if (this.#recent?.epoch !== source.epoch || this.#recent.last !== writing.cursor)
      this.#recent = new RecentTransactions(source.epoch, writing.cursor, mostRecent);
    this.#writing = writing;
  }

  /** The end of the log, and what the feed has after it; null where it cannot be continued. */
  async #after({ position, last }: LogTail, upTo: Cursor): Promise<Continuation | null> {
    const { source } = this.#parts;
    if (position === null || position.epoch !== source.epoch) return null;
    const writing: Writing = { cursor: position.cursor, place: last };
    // One that has read further than this one wrote it.
    if (source.compare(position.cursor, upTo) >= 0) return { writing, missing: [] };
    if ((await source.parse(position.cursor)) === null) return null;
    const missing = await source.read(position.cursor, upTo);
    return missing === null ? null : { writing, missing };
  }

  /** Begins a log, before what was published last where that is known; null where somebody else does. */
  async #begin(tail: LogTail | null, upTo: Cursor): Promise<Continuation | null> {
    const { source, cluster, log } = this.#parts;
    const { base, missing } = (await this.#published(upTo)) ?? { base: upTo, missing: [] };
    const place = await cluster.begin(baseText(source.epoch, base), tail?.ends ?? null);
    if (place === null) return null;
    log.info({ epoch: source.epoch, cursor: base }, "the cluster's log begins anew");
    return { writing: { cursor: base, place }, missing };
  }

  async #published(upTo: Cursor): Promise<{ base: Cursor; missing: readonly CapturedTransaction[] } | null> {
    const { source } = this.#parts;
    const recent = this.#recent;
    if (recent === null || recent.epoch !== source.epoch) return null;
    const again = recent.between(recent.floor, recent.last);
    const since = await source.read(recent.last, upTo);
    return again === null || since === null ? null : { base: recent.floor, missing: [...again, ...since] };
  }
}

function rowsOf(transactions: readonly CapturedTransaction[]): number {
  return transactions.reduce((sum, { changes }) => sum + changes.length + 1, 0);
}

interface NextTexts {
  readonly texts: readonly string[];
  readonly taken: readonly CapturedTransaction[];
  /** The first of all, where it is; then there are no texts. */
  readonly tooLarge: CapturedTransaction | null;
}

/** The first of the transactions, as many as are appended at once, as texts. */
function nextTexts(
  waiting: readonly CapturedTransaction[],
  cursor: Cursor,
  { entryBytes, longest }: { readonly entryBytes: number; readonly longest: number | undefined },
): NextTexts {
  const texts: string[] = [];
  const taken: CapturedTransaction[] = [];
  let length = 0;
  for (const transaction of waiting) {
    if (length > portion) break;
    try {
      const parts = splitTransaction(transaction, taken.at(-1)?.cursor ?? cursor, entryBytes, longest);
      for (const text of parts) {
        texts.push(text);
        length += text.length;
      }
      taken.push(transaction);
    } catch (error) {
      if (!(error instanceof TransactionTooLarge)) throw error;
      if (taken.length === 0) return { texts, taken, tooLarge: transaction };
      break;
    }
  }
  return { texts, taken, tooLarge: null };
}
