import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Connection } from "../database/sqlite/connection.ts";
import type { Log } from "../log.ts";
import { decodeTransaction, type LogReading } from "./decode-transaction.ts";
import type { Feed } from "./feed.ts";
import { FeedListeners } from "./feed-listeners.ts";
import { cursorOf, knownPlace, type LogPlace, placeOf } from "./log-cursor.ts";
import type { LogRow } from "./log-row.ts";
import { splitLog } from "./split-log.ts";

const columns = "seq, layout, op, before, after, at";

/** What the feed of an open database works with. */
export interface SqliteFeedParts extends LogReading {
  /** For `parse` and `read`. */
  readonly reader: () => Connection;
  readonly start: LogPlace;
  readonly log: Log;
}

/** The feed of `liveset_changes`. Whoever knows of a commit, or looks for one, calls `drain`. */
export class SqliteFeed implements Feed {
  readonly #parts: SqliteFeedParts;
  readonly #listeners: FeedListeners;
  readonly #queue: Transaction[] = [];
  #fetched: LogPlace;
  #cursor: Cursor;
  #giving = false;

  constructor(parts: SqliteFeedParts) {
    this.#parts = parts;
    this.#listeners = new FeedListeners(parts.log);
    this.#fetched = parts.start;
    this.#cursor = cursorOf(parts.epoch, parts.start);
  }

  get epoch(): string {
    return this.#parts.epoch;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  /** The number of the last row that was fetched. */
  get seq(): number {
    return this.#fetched.seq;
  }

  compare(a: Cursor, b: Cursor): number {
    return knownPlace(this.epoch, a).seq - knownPlace(this.epoch, b).seq;
  }

  parse(text: string): Cursor | null {
    const place = placeOf(this.epoch, text);
    if (place === null || place.seq > this.#fetched.seq) return null;
    const [at, oldest] = this.#lookUp(place.seq);
    return at === place.at || place.seq < Number(oldest) ? (text as Cursor) : null;
  }

  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const from = knownPlace(this.epoch, after);
    const [at] = this.#lookUp(from.seq);
    // Pruned, or not of this log: what came after it cannot be told in full.
    if (at !== from.at) return null;
    const rows = this.#rows(this.#parts.reader(), from.seq, knownPlace(this.epoch, upTo).seq);
    return splitLog(rows).map((transaction) => decodeTransaction(transaction, this.#parts));
  }

  listen(listener: (transaction: Transaction) => void): () => void {
    return this.#listeners.add(listener);
  }

  /**
   * Gives listeners everything that the connection sees and that they have not been given. Returns the position of what it
   * sees. Called by a listener, it leaves the giving to the call it is inside of, so that the order holds.
   */
  drain(connection: Connection): Cursor {
    const rows = this.#rows(connection, this.#fetched.seq, Number.MAX_SAFE_INTEGER);
    const last = rows.at(-1);
    if (last !== undefined) {
      this.#checkWhole(rows);
      for (const transaction of splitLog(rows)) this.#queue.push(decodeTransaction(transaction, this.#parts));
      this.#fetched = { seq: last.seq, at: last.at };
    }
    const seen = cursorOf(this.epoch, this.#fetched);
    this.#give();
    return seen;
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

  /** Rows may be missing where another process renewed capture, or pruned what this one was too busy to read. */
  #checkWhole(rows: readonly LogRow[]): void {
    const [first] = rows;
    const whole = first?.seq === this.#fetched.seq + 1 && !rows.some(({ op }) => op === "e");
    if (!whole)
      this.#parts.log.error(
        { epoch: this.epoch },
        "the log of changes was renewed by another process: restart this server",
      );
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
