import type { Clock } from "../core/clock.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that stands still until a test moves it.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "liveset/testing";
 *
 * const clock = new VirtualClock();
 * clock.after(500, () => console.log("half a second later"));
 * clock.advance(499); // nothing
 * clock.advance(1); // half a second later
 * ```
 */
export class VirtualClock implements Clock {
  #now: number;
  #last = 0;
  readonly #timers = new Set<Timer>();

  /** @param start the first `now()`, in ms since 1970 */
  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(delay: number, callback: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, delay), order: this.#last++, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have not ended and were not cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** How long until the next timer ends, in ms; null where there is none. */
  get next(): number | null {
    const timer = this.#first();
    return timer === undefined ? null : timer.at - this.#now;
  }

  /** Moves on by `ms` and calls back whatever ends meanwhile, in order, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#first(); timer !== undefined && timer.at <= end; timer = this.#first()) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.callback();
    }
    this.#now = end;
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.order < first.order)
      ) {
        first = timer;
      }
    }
    return first;
  }
}
