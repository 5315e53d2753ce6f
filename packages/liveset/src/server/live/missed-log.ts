import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Clock } from "../../core/clock.ts";
import type { Feed } from "../feed/feed.ts";

/** A part of the feed, whole. */
interface Stretch {
  /** It has everything after `from`, up to and including `to`. */
  readonly from: Cursor;
  readonly to: Cursor;
  readonly transactions: readonly Transaction[];
  /** How many of the transactions lie before each cursor at which it can be cut. */
  readonly places: ReadonlyMap<Cursor, number>;
  /** Rows changed in it. */
  readonly changes: number;
}

/** How long it is kept after the last client asked, in ms. */
const linger = 2_000;

/**
 * What returning clients have missed. When thousands of them come back at once, the log is read and decoded once for all: one
 * stretch is kept as long as somebody asks, made longer at either end where it must be, and cut where each client left off.
 *
 *   log      ├────────────────────────────────────────┤
 *   stretch              ├───────────────┤┈┈┈┈┈ read when somebody asks for it
 *   clients                  └─► … ─────────► now
 *
 * It is cut only where a transaction ended when it was read: commits of other processes may be one transaction at one time and several at
 * another, and then the log is read for that client alone.
 */
export class MissedLog {
  readonly #feed: Feed;
  readonly #clock: Clock;
  /** Rows changed that may be kept. */
  readonly #limit: number;
  readonly #forgotten: () => void;
  #stretch: Stretch | null = null;
  #askedAt = 0;
  #cancelTimer: (() => void) | null = null;
  #ended = false;

  /** @param forgotten called when nothing is kept any more */
  constructor(feed: Feed, clock: Clock, limit: number, forgotten: () => void = () => {}) {
    this.#feed = feed;
    this.#clock = clock;
    this.#limit = limit;
    this.#forgotten = forgotten;
  }

  /** As `Feed.read`. Not to be called before the last reading has ended. */
  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const { epoch } = this.#feed;
    const reaching = await this.#reaching(after, upTo);
    if (reaching === null) return null;
    if (!this.#ended && epoch === this.#feed.epoch) this.#keep(reaching);
    const [begin, end] = [reaching.places.get(after), reaching.places.get(upTo)];
    if (begin === undefined || end === undefined) return this.#feed.read(after, upTo);
    return reaching.transactions.slice(begin, end);
  }

  /** What was kept means nothing any more: the feed has begun a new epoch. */
  forget(): void {
    this.#stretch = null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#forgotten();
  }

  end(): void {
    this.#ended = true;
    this.forget();
  }

  /** The stretch, made to reach from one cursor to another; null where the feed cannot tell. */
  async #reaching(after: Cursor, upTo: Cursor): Promise<Stretch | null> {
    const feed = this.#feed;
    const kept = this.#stretch;
    // What lies between is not read: it may be long, and nobody has asked for it.
    if (kept === null || feed.compare(after, kept.to) > 0 || feed.compare(upTo, kept.from) < 0) {
      const read = await feed.read(after, upTo);
      return read === null ? null : stretchOf(after, upTo, read);
    }
    const { from, to } = kept;
    const parts: [Stretch, ...Stretch[]] = [kept];
    if (feed.compare(after, from) < 0) {
      const earlier = await feed.read(after, from);
      if (earlier === null) return null;
      parts.unshift(stretchOf(after, from, earlier));
    }
    if (feed.compare(upTo, to) > 0) {
      const later = await feed.read(to, upTo);
      if (later === null) return null;
      parts.push(stretchOf(to, upTo, later));
    }
    return parts.length === 1 ? kept : joined(parts);
  }

  #keep(stretch: Stretch): void {
    this.#stretch = stretch.changes > this.#limit ? null : stretch;
    this.#askedAt = this.#clock.now();
    if (this.#cancelTimer === null) this.#watch(linger);
  }

  #watch(delay: number): void {
    this.#cancelTimer = this.#clock.after(delay, () => {
      const left = this.#askedAt + linger - this.#clock.now();
      if (left > 0) this.#watch(left);
      else this.forget();
    });
  }
}

function stretchOf(from: Cursor, to: Cursor, transactions: readonly Transaction[]): Stretch {
  const places = new Map<Cursor, number>([[from, 0]]);
  let changes = 0;
  for (const [index, transaction] of transactions.entries()) {
    places.set(transaction.cursor, index + 1);
    changes += transaction.changes.length;
  }
  places.set(to, transactions.length);
  return { from, to, transactions, places, changes };
}

/** Stretches of which each begins where the one before ends. */
function joined(parts: readonly [Stretch, ...Stretch[]]): Stretch {
  const places = new Map<Cursor, number>();
  const transactions: Transaction[] = [];
  for (const part of parts) {
    for (const [cursor, place] of part.places) places.set(cursor, transactions.length + place);
    for (const transaction of part.transactions) transactions.push(transaction);
  }
  return {
    from: parts[0].from,
    to: (parts.at(-1) ?? parts[0]).to,
    transactions,
    places,
    changes: parts.reduce((sum, { changes }) => sum + changes, 0),
  };
}
