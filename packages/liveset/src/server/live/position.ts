import type { Cursor } from "../../core/change/cursor.ts";
import type { Feed } from "../feed/feed.ts";

/**
 * How far a hub has handed out the feed. It may lie behind the feed's own cursor while the database is asked what changes
 * mean; all that clients are told stands at this one.
 */
export class Position {
  readonly #feed: Feed;
  #cursor: Cursor;
  /** Whether the feed tells what is committed; see `FeedEvents.live`. */
  isLive = true;
  #waiting: { readonly cursor: Cursor; readonly resolve: () => void }[] = [];

  constructor(feed: Feed) {
    this.#feed = feed;
    this.#cursor = feed.cursor;
  }

  /** The last transaction that was handed out. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Everything up to the cursor has been handed out. */
  advance(cursor: Cursor): void {
    this.#cursor = cursor;
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((waiter) => !this.#has(waiter.cursor));
    for (const { cursor: sought, resolve } of waiting) if (this.#has(sought)) resolve();
  }

  /** The feed has begun a new epoch, and everybody with it. */
  restart(): void {
    this.advance(this.#feed.cursor);
  }

  /** Resolves when everything up to a cursor of the feed's has been handed out; at once for one of an epoch that is over. */
  async reached(cursor: Cursor): Promise<void> {
    if (this.#has(cursor)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ cursor, resolve }));
  }

  /** Lets all that wait go on: nothing more is handed out. */
  end(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #has(cursor: Cursor): boolean {
    return this.#cursor === cursor || this.#feed.compare(this.#cursor, cursor) >= 0;
  }
}
