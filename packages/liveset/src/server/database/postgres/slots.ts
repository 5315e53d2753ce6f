import { LivesetError } from "../../../core/error/liveset-error.ts";

/** What waits for a slot at most. */
const mostWaiting = 10_000;

/** Lets a number of holders in at a time, the others in the order in which they came. */
export class Slots {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #held = 0;
  #idle: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Runs the work in a slot. `urgent` waits for nobody.
   *
   * @throws LivesetError `unavailable` where too many wait already.
   */
  async run<T>(work: () => Promise<T>, urgent = false): Promise<T> {
    if (!urgent && this.#held >= this.#most) await this.#turn();
    else this.#held++;
    try {
      return await work();
    } finally {
      // Handed over without a gap, so that nobody overtakes.
      const next = this.#held <= this.#most ? this.#waiting.shift() : undefined;
      if (next === undefined) this.#held--;
      else next();
      if (this.#held === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  /** Resolves when nobody holds one or waits. */
  idle(): Promise<void> {
    return this.#held === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= mostWaiting)
      throw new LivesetError("unavailable", { detail: "Too much waits for the database.", retryAfter: 1 });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
