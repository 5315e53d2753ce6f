import type { Cursor } from "../../core/change/cursor.ts";
import type { CapturedTransaction } from "../feed/captured-transaction.ts";
import { type LogPlace, placeOf } from "../feed/log-cursor.ts";

interface Kept {
  readonly place: LogPlace;
  readonly transaction: CapturedTransaction;
}

/** The last transactions of an epoch, in memory; bounded by the rows that they change, a transaction counting one more. */
export class RecentTransactions {
  readonly epoch: string;
  readonly #most: number;
  #floor: Cursor;
  #kept: Kept[] = [];
  #rows = 0;

  /**
   * @param floor what comes is all that came after it
   * @param most rows that are kept
   */
  constructor(epoch: string, floor: Cursor, most: number) {
    this.epoch = epoch;
    this.#floor = floor;
    this.#most = most;
  }

  /** The transactions after it are here. */
  get floor(): Cursor {
    return this.#floor;
  }

  /** The newest, or the floor where there is none. */
  get last(): Cursor {
    return this.#kept.at(-1)?.transaction.cursor ?? this.#floor;
  }

  /** Takes the next transaction. The newest always stays. */
  add(transaction: CapturedTransaction): void {
    const place = placeOf(this.epoch, transaction.cursor);
    if (place === null) throw new TypeError(`"${transaction.cursor}" is not of the epoch ${this.epoch}.`);
    this.#kept.push({ place, transaction });
    this.#rows += transaction.changes.length + 1;
    // Not one by one: each time the rest is moved.
    if (this.#rows > 1.25 * this.#most) this.#prune();
  }

  /** The transactions after a cursor up to another; null where it is before the floor, or stands for none. */
  between(after: Cursor, upTo: Cursor): CapturedTransaction[] | null {
    const from = after === this.#floor ? 0 : this.#indexOf(after) + 1;
    if (from === 0 && after !== this.#floor) return null;
    const end = placeOf(this.epoch, upTo)?.seq ?? -1;
    const found: CapturedTransaction[] = [];
    for (let i = from; i < this.#kept.length; i++) {
      const kept = this.#kept[i];
      if (kept === undefined || kept.place.seq > end) break;
      found.push(kept.transaction);
    }
    return found;
  }

  /** Where a cursor stands: at one of those kept or at the floor, before the floor, or nowhere. */
  judge(cursor: Cursor): "held" | "before" | "unknown" {
    if (cursor === this.#floor || this.#indexOf(cursor) >= 0) return "held";
    const place = placeOf(this.epoch, cursor);
    const floor = placeOf(this.epoch, this.#floor);
    return place !== null && floor !== null && place.seq < floor.seq ? "before" : "unknown";
  }

  #prune(): void {
    let gone = 0;
    while (this.#rows > this.#most && gone < this.#kept.length - 1) {
      const { transaction } = this.#kept[gone] ?? {};
      if (transaction === undefined) break;
      this.#rows -= transaction.changes.length + 1;
      this.#floor = transaction.cursor;
      gone++;
    }
    this.#kept = this.#kept.slice(gone);
  }

  /** Those kept are in order; -1 where the cursor is none of theirs. */
  #indexOf(cursor: Cursor): number {
    const sought = placeOf(this.epoch, cursor);
    if (sought === null) return -1;
    let [low, high] = [0, this.#kept.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const kept = this.#kept[middle];
      if (kept === undefined) return -1;
      if (kept.place.seq === sought.seq) return kept.transaction.cursor === cursor ? middle : -1;
      if (kept.place.seq < sought.seq) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
