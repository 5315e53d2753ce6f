import type { Cursor } from "../../../../core/change/cursor.ts";
import type { Transaction } from "../../../../core/change/transaction.ts";
import type { CapturedTransaction } from "../../../feed/captured-transaction.ts";
import { decodeTransaction, type LogReading } from "../../../feed/decode-transaction.ts";
import type { Feed, FeedEvents } from "../../../feed/feed.ts";
import { FeedListeners } from "../../../feed/feed-listeners.ts";
import { cursorOf, type LogPlace, placeIn, placeOf } from "../../../feed/log-cursor.ts";
import type { LogRow } from "../../../feed/log-row.ts";
import type { Log } from "../../../log.ts";
import type { CaptureParts } from "../capture.ts";
import type { ChangesLog } from "./changes-log.ts";
import { type Released, ReleasedPlaces } from "./released.ts";
import { decodeTexts } from "./row-layout.ts";

/** What the feed works with. */
export interface TriggerFeedParts {
  readonly changes: ChangesLog;
  readonly withClient: CaptureParts["withClient"];
  readonly log: Log;
}

/** An epoch: how its rows are read, and the places that the log holds. */
export interface TriggerEpoch extends LogReading {
  readonly places: readonly Released[];
}

/** The feed of released transactions. Whoever releases one calls `give`. */
export class TriggerFeed implements Feed {
  readonly #parts: TriggerFeedParts;
  readonly #listeners: FeedListeners;
  #reading: LogReading;
  #places: ReleasedPlaces;
  #cursor: Cursor;

  constructor(parts: TriggerFeedParts, begun: TriggerEpoch) {
    this.#parts = parts;
    this.#listeners = new FeedListeners(parts.log);
    this.#reading = begun;
    this.#places = new ReleasedPlaces(begun.places);
    this.#cursor = cursorOf(begun.epoch, this.#places.last);
  }

  get epoch(): string {
    return this.#reading.epoch;
  }

  /** The places that the log holds. */
  get places(): ReleasedPlaces {
    return this.#places;
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  compare(a: Cursor, b: Cursor): number {
    return placeIn(this.epoch, a).seq - placeIn(this.epoch, b).seq;
  }

  parse(text: string): Cursor | null {
    const place = placeOf(this.epoch, text);
    return place === null || this.places.judge(place) === "unknown" ? null : (text as Cursor);
  }

  async read(after: Cursor, upTo: Cursor): Promise<readonly Transaction[] | null> {
    const [from, to] = [placeIn(this.epoch, after), placeIn(this.epoch, upTo)];
    if (this.places.judge(from) !== "held") return null;
    if (from.seq >= to.seq) return [];
    const { changes, withClient } = this.#parts;
    const found = await withClient((client) => changes.read(client, from.seq, to.seq));
    // Pruned or cut meanwhile.
    return found?.map(({ place, rows, xid }) => this.#decode(place, rows, xid)) ?? null;
  }

  listen(listener: (transaction: Transaction) => void, events?: Partial<FeedEvents>): () => void {
    return this.#listeners.add(listener, events);
  }

  /** Whether what is committed is told: listeners hear of it when it changes. */
  live(isLive: boolean): void {
    this.#listeners.live(isLive);
  }

  /** Gives listeners a transaction that has its place in the log. */
  give(place: Released, rows: readonly LogRow[], xid: string): void {
    const transaction = this.#decode(place, rows, xid);
    this.places.add(place);
    this.#cursor = transaction.cursor;
    this.#listeners.give(transaction);
  }

  /** Begins another epoch, and tells listeners. */
  restart(begun: TriggerEpoch): void {
    this.#reading = begun;
    this.#places = new ReleasedPlaces(begun.places);
    this.#cursor = cursorOf(begun.epoch, this.#places.last);
    this.#listeners.lose(begun.epoch);
  }

  #decode({ seq, at }: LogPlace, rows: readonly LogRow[], xid: string): CapturedTransaction {
    const mutations = rows.flatMap(({ op, after }) =>
      op === "m" && after !== null ? (decodeTexts(after)[0] ?? []) : [],
    );
    const last = { seq, at, layout: 0, op: "m", before: null, after: null };
    const changed = rows.filter(({ op }) => op !== "m");
    const decoded = decodeTransaction({ last, rows: changed, mutations }, this.#reading);
    return { ...decoded, xid: Number(BigInt.asUintN(32, BigInt(xid))) };
  }
}
