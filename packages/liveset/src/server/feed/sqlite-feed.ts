import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Connection } from "../database/sqlite/connection.ts";
import type { Log } from "../log.ts";
import { decodeTransaction, type LogReading } from "./decode-transaction.ts";
import type { Feed, FeedEvents } from "./feed.ts";
import { FeedListeners } from "./feed-listeners.ts";
import { cursorOf, type LogPlace, placeIn, placeOf } from "./log-cursor.ts";
import type { LogRow } from "./log-row.ts";
import { splitLog } from "./split-log.ts";

const columns = "seq, layout, op, before, after, at";

/** What the feed of an open database works with. */
export interface SqliteFeedParts {
  /** For `parse` and `read`. */
  readonly reader: () => Connection;
  /** Is called once when the log does not continue what was given: nothing more is given until `restart`. */
  readonly onLost: () => void;
  readonly log: Log;
}

/** An epoch: how its rows are read, and the place after which they are given. */
export interface SqliteEpoch extends LogReading {
  readonly start: LogPlace;
}

/** The feed of `liveset_changes`. Whoever knows of a commit, or looks for one, calls `drain`. */
export class SqliteFeed implements Feed {
  readonly #parts: SqliteFeedParts;
  readonly #listeners: FeedListeners;
  readonly #queue: Transaction[] = [];
  #fetched: LogPlace;
  #cursor: Cursor;
  #giving = false;
  #reading: LogReading;
  #isLost = false;

  constructor(parts: SqliteFeedParts, begun: SqliteEpoch) {
    this.#parts = parts;
    this.#listeners = new FeedListeners(parts.log);
    this.#reading = begun;
    this.#fetched = begun.start;
    this.#cursor = cursorOf(begun.epoch, begun.start);
  }

  get epoch(): string {
    return this.#reading.epoch;
  }

  /** Whether the log was lost and no new epoch has begun yet. */
  get isLost(): boolean {
    return this.#isLost;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** The number of the last row that was fetched. */
  get seq(): number {
    return this.#fetched.seq;
  }

  compare(a: Cursor, b: Cursor): number {
    return placeIn(this.epoch, a).seq - placeIn(this.epoch, b).seq;
  }

  parse(text: string): Cursor | null {
    const place = placeOf(this.epoch, text);
    if (place === null || place.seq > this.#fetched.seq) return null;
    const [at, oldest] = this.#lookUp(place.seq);
    return at === place.at || place.seq < Number(oldest) ? (text as Cursor) : null;
  }

  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const from = placeIn(this.epoch, after);
    const [at] = this.#lookUp(from.seq);
    // Pruned, or not of this log: what came after it cannot be told in full.
    if (at !== from.at) return null;
    const rows = this.#rows(this.#parts.reader(), from.seq, placeIn(this.epoch, upTo).seq);
    return splitLog(rows).map((transaction) => decodeTransaction(transaction, this.#reading));
  }

  listen(listener: (transaction: Transaction) => void, events?: Partial<FeedEvents>): () => void {
    return this.#listeners.add(listener, events);
  }

  /**
   * Gives listeners everything that the connection sees and that they have not been given. Returns the position of what it
   * sees. Called by a listener, it leaves the giving to the call it is inside of, so that the order holds.
   */
  drain(connection: Connection): Cursor {
    if (!this.#isLost) this.#fetch(connection);
    const seen = cursorOf(this.epoch, this.#fetched);
    this.#give();
    return seen;
  }

  /** Begins another epoch, and tells listeners. */
  restart(begun: SqliteEpoch): void {
    this.#isLost = false;
    this.#reading = begun;
    this.#queue.length = 0;
    this.#fetched = begun.start;
    this.#cursor = cursorOf(begun.epoch, begun.start);
    this.#listeners.lose(begun.epoch);
    this.#listeners.live(true);
  }

  #fetch(connection: Connection): void {
    // With the last row that was fetched: it tells whether the log is the same.
    const rows = this.#rows(connection, this.#fetched.seq - 1, Number.MAX_SAFE_INTEGER);
    const [first] = rows;
    const isKnown = first?.seq === this.#fetched.seq && first.at === this.#fetched.at;
    const found = isKnown ? rows.slice(1) : rows;
    const last = found.at(-1);
    if (isKnown && last === undefined) return;
    // The known row may have been pruned, but then nothing between it and the next.
    const goesOn = found[0]?.seq === this.#fetched.seq + 1 && !found.some(({ op }) => op === "e");
    if (!goesOn || last === undefined) {
      this.#isLost = true;
      this.#listeners.live(false);
      this.#parts.onLost();
      return;
    }
    for (const transaction of splitLog(found))
      this.#queue.push(decodeTransaction(transaction, this.#reading));
    this.#fetched = { seq: last.seq, at: last.at };
  }

  #give(): void {
    if (this.#giving) return;
    this.#giving = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#cursor = next.cursor;
      this.#listeners.give(next);
    }
    this.#giving = false;
  }

  #rows(connection: Connection, after: number, upTo: number): LogRow[] {
    const rows = connection.all(
      `SELECT ${columns} FROM liveset_changes WHERE seq > ? AND seq <= ? ORDER BY seq`,
      after,
      upTo,
    );
    return rows.map(([seq, layout, op, before, after, at]) => ({
      seq: Number(seq),
      layout: Number(layout),
      op: String(op),
      before: before === null ? null : String(before),
      after: after === null ? null : String(after),
      at: Number(at),
    }));
  }

  #lookUp(seq: number) {
    return this.#parts
      .reader()
      .get(
        "SELECT (SELECT at FROM liveset_changes WHERE seq = ?), (SELECT min(seq) FROM liveset_changes)",
        seq,
      );
  }
}
