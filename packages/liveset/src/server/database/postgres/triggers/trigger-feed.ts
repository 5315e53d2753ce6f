import type { Cursor } from "../../../../core/change/cursor.ts";
import type { Transaction } from "../../../../core/change/transaction.ts";
import { decodeTransaction, type LogReading } from "../../../feed/decode-transaction.ts";
import type { Feed } from "../../../feed/feed.ts";
import { FeedListeners } from "../../../feed/feed-listeners.ts";
import { cursorOf, knownPlace, type LogPlace, placeOf } from "../../../feed/log-cursor.ts";
import type { LogRow } from "../../../feed/log-row.ts";
import type { Log } from "../../../log.ts";
import type { CaptureParts } from "../capture.ts";
import type { ChangesLog } from "./changes-log.ts";
import { type Released, ReleasedPlaces } from "./released.ts";
import { decodeTexts } from "./row-layout.ts";

/** What the feed works with. */
export interface TriggerFeedParts extends LogReading {
  readonly changes: ChangesLog;
  readonly withClient: CaptureParts["withClient"];
  /** The places that the log holds. */
  readonly places: readonly Released[];
  readonly log: Log;
}

/** The feed of released transactions. Whoever releases one calls `give`. */
export class TriggerFeed implements Feed {
  readonly #parts: TriggerFeedParts;
  readonly #listeners: FeedListeners;
  readonly places: ReleasedPlaces;
  #cursor: Cursor;

  constructor(parts: TriggerFeedParts) {
    this.#parts = parts;
    this.#listeners = new FeedListeners(parts.log);
    this.places = new ReleasedPlaces(parts.places);
    this.#cursor = cursorOf(parts.epoch, this.places.last);
  }

  get epoch(): string {
    return this.#parts.epoch;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  compare(a: Cursor, b: Cursor): number {
    return knownPlace(this.epoch, a).seq - knownPlace(this.epoch, b).seq;
  }

  parse(text: string): Cursor | null {
    const place = placeOf(this.epoch, text);
    return place === null || this.places.judge(place) === "unknown" ? null : (text as Cursor);
  }

  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const [from, to] = [knownPlace(this.epoch, after), knownPlace(this.epoch, upTo)];
    if (this.places.judge(from) !== "held") return null;
    if (from.seq >= to.seq) return [];
    const { changes, withClient } = this.#parts;
    const found = await withClient((client) => changes.read(client, from.seq, to.seq));
    // Pruned meanwhile.
    if (found.length !== to.seq - from.seq) return null;
    return found.map(({ place, rows }) => this.#decode(place, rows));
  }

  listen(listener: (transaction: Transaction) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Gives listeners a transaction that has its place in the log. */
  give(place: Released, rows: readonly LogRow[]): void {
    const transaction = this.#decode(place, rows);
    this.places.add(place);
    this.#cursor = transaction.cursor;
    this.#listeners.give(transaction);
  }

  #decode({ seq, at }: LogPlace, rows: readonly LogRow[]): Transaction {
    const mutations = rows.flatMap(({ op, after }) =>
      op === "m" && after !== null ? (decodeTexts(after)[0] ?? []) : [],
    );
    const last = { seq, at, layout: 0, op: "m", before: null, after: null };
    const changed = rows.filter(({ op }) => op !== "m");
    return decodeTransaction({ last, rows: changed, mutations }, this.#parts);
  }
}
