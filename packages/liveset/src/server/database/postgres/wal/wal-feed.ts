import type { Cursor } from "../../../../core/change/cursor.ts";
import type { Transaction } from "../../../../core/change/transaction.ts";
import type { CapturedTransaction } from "../../../feed/captured-transaction.ts";
import { decodeTransaction, type LogReading } from "../../../feed/decode-transaction.ts";
import type { Feed, FeedEvents } from "../../../feed/feed.ts";
import { FeedListeners } from "../../../feed/feed-listeners.ts";
import { cursorOf, type LogPlace, placeIn, placeOf } from "../../../feed/log-cursor.ts";
import type { Log } from "../../../log.ts";
import type { WalTransaction } from "./wal-assembler.ts";

/** An epoch: how its rows are read, and where it begins. */
export interface WalEpoch extends LogReading {
  /** Where the slot stood at the start: what came after is known. */
  readonly floor: number;
  /** Where other servers give cursors of the same epoch; null where there are none. */
  readonly shared: SharedEpoch | null;
}

/** An epoch whose cursors mean the same on servers of which each reads the WAL for itself, from different places on. */
export interface SharedEpoch {
  /** The feed's own identity: what this server knows begins anew where its slot does. */
  readonly run: string;
  /** Resolves when all that was committed before the call has been given. */
  readonly caughtUp: () => Promise<void>;
}

/** What is forgotten. */
export interface PruneLimits {
  readonly count: number;
  readonly oldest: number;
  readonly before: number;
  /** Nothing after it; nothing at all for null. */
  readonly until?: Cursor | null;
}

interface Kept {
  readonly place: LogPlace;
  readonly rows: number;
  readonly transaction: Transaction;
}

/** The feed of the stream's transactions; a place is where one ends in the WAL. The last ones are kept, for clients that come back. */
export class WalFeed implements Feed {
  #reading: WalEpoch;
  readonly #listeners: FeedListeners;
  #kept: Kept[] = [];
  #rows = 0;
  /** Nothing is known of what came before. */
  #floor: number;
  #cursor: Cursor;

  constructor(begun: WalEpoch, log: Log) {
    this.#listeners = new FeedListeners(log);
    this.#reading = begun;
    this.#floor = begun.floor;
    this.#cursor = cursorOf(begun.epoch, { seq: begun.floor, at: 0 });
  }

  get epoch(): string {
    return this.#reading.shared?.run ?? this.#reading.epoch;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Up to where the WAL is not needed to resume. */
  get floor(): number {
    return this.#floor;
  }

  compare(a: Cursor, b: Cursor): number {
    const { epoch } = this.#reading;
    return placeIn(epoch, a).seq - placeIn(epoch, b).seq;
  }

  parse(text: string): Cursor | null | Promise<Cursor | null> {
    const place = placeOf(this.#reading.epoch, text);
    if (place === null) return null;
    if (this.#reading.shared !== null) return this.#parseShared(text as Cursor, this.#reading.shared);
    // Of a place at the floor or below it no time is known any more; `read` says what is pruned.
    return place.seq <= this.#floor || this.#has(place) ? (text as Cursor) : null;
  }

  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const { epoch } = this.#reading;
    const [from, to] = [placeIn(epoch, after), placeIn(epoch, upTo)];
    if (from.seq < this.#floor) return null;
    return this.#kept
      .filter(({ place }) => place.seq > from.seq && place.seq <= to.seq)
      .map(({ transaction }) => transaction);
  }

  listen(listener: (transaction: Transaction) => void, events?: Partial<FeedEvents>): () => void {
    return this.#listeners.add(listener, events);
  }

  /** Whether what is committed is told: listeners hear of it when it changes. */
  live(isLive: boolean): void {
    this.#listeners.live(isLive);
  }

  /** Gives listeners a transaction, which comes after all before. */
  give({ xid, end, at, rows, mutations }: WalTransaction): void {
    const last = { seq: end, at, layout: 0, op: "m", before: null, after: null };
    const decoded = decodeTransaction({ last, rows, mutations }, this.#reading);
    const transaction: CapturedTransaction = { ...decoded, xid };
    this.#kept.push({ place: { seq: end, at }, rows: rows.length + 1, transaction });
    this.#rows += rows.length + 1;
    this.#cursor = transaction.cursor;
    this.#listeners.give(transaction);
  }

  /** Forgets everything, begins another epoch, and tells listeners. */
  restart(begun: WalEpoch): void {
    this.#reading = begun;
    this.#kept = [];
    this.#rows = 0;
    this.#floor = begun.floor;
    this.#cursor = cursorOf(begun.epoch, { seq: begun.floor, at: 0 });
    this.#listeners.lose(begun.epoch);
  }

  /** Forgets what is too much, too old, or ends before a place in the WAL. The newest transaction stays. */
  prune(limits: PruneLimits): void {
    const { epoch } = this.#reading;
    const until = limits.until === undefined ? null : (placeOf(epoch, limits.until ?? "")?.seq ?? -1);
    let gone = 0;
    for (const { place, rows } of this.#kept.slice(0, -1)) {
      if (this.#rows <= limits.count && place.at >= limits.oldest && place.seq >= limits.before) break;
      if (until !== null && place.seq > until) break;
      this.#rows -= rows;
      this.#floor = place.seq;
      gone++;
    }
    if (gone > 0) this.#kept = this.#kept.slice(gone);
  }

  /**
   * Another server's cursor may be of a transaction that is still on its way to this one, or be where that server began, which is no
   * transaction's place: then it means the last one before.
   */
  async #parseShared(text: Cursor, { run, caughtUp }: SharedEpoch): Promise<Cursor | null> {
    if (this.compare(text, this.#cursor) > 0) await caughtUp();
    const { epoch } = this.#reading;
    const place = placeOf(epoch, text);
    // It may have begun anew meanwhile.
    if (place === null || run !== this.epoch || place.seq < this.#floor) return null;
    if (place.seq === this.#floor || this.#has(place)) return text;
    if (place.at !== 0) return null;
    const before = this.#kept.findLast((kept) => kept.place.seq < place.seq);
    return before?.transaction.cursor ?? cursorOf(epoch, { seq: this.#floor, at: 0 });
  }

  #has(place: LogPlace): boolean {
    return this.#kept[this.#indexOf(place.seq)]?.place.at === place.at;
  }

  /** Where a place is among those kept, which are in order; -1 where it is not. */
  #indexOf(seq: number): number {
    let [low, high] = [0, this.#kept.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.#kept[middle]?.place.seq ?? 0;
      if (found === seq) return middle;
      if (found < seq) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
