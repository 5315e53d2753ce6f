import type { Cursor } from "../../../../core/change/cursor.ts";
import type { LogPosition } from "../../../cluster/log-position.ts";
import { placeOf } from "../../../feed/log-cursor.ts";

/** How far the log was received, and who waits for it. */
export class AwaitedCursors {
  #epoch = "";
  #seq = -1;
  #waiting: { readonly cursor: Cursor; readonly resolve: () => void }[] = [];

  /** Calls back when the cursor has been received: at once where it has. */
  reached(cursor: Cursor, resolve: () => void): void {
    if (this.#has(cursor)) resolve();
    else this.#waiting.push({ cursor, resolve });
  }

  begun({ epoch, cursor }: Pick<LogPosition, "epoch" | "cursor">): void {
    this.#epoch = epoch;
    this.received(cursor);
  }

  received(cursor: Cursor): void {
    this.#seq = placeOf(this.#epoch, cursor)?.seq ?? this.#seq;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((each) => !this.#has(each.cursor));
    for (const each of waiting) if (this.#has(each.cursor)) each.resolve();
  }

  /** Forgets who waited: nobody does any more. */
  forget(resolve: () => void): void {
    this.#waiting = this.#waiting.filter((each) => each.resolve !== resolve);
  }

  #has(cursor: Cursor): boolean {
    const place = placeOf(this.#epoch, cursor);
    return place !== null && place.seq <= this.#seq;
  }
}
