import type { Clock } from "../../core/clock.ts";

/** For so long, in ms, work may follow work before everything else that waits has its turn. */
const stretch = 10;

/**
 * Does one piece of work after the other, in the order in which they were asked for. When thousands ask at once, what else the
 * process has to do comes in between.
 */
export class FairTurns {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #begun = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Settles as the work does. */
  take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting++ === 0) this.#begun = this.#clock.now();
    const turn = this.#last.then(async () => {
      await this.#rest();
      return work();
    });
    this.#last = turn.then(
      () => this.#waiting--,
      () => this.#waiting--,
    );
    return turn;
  }

  async #rest(): Promise<void> {
    if (this.#clock.now() - this.#begun < stretch) return;
    await new Promise<void>((resolve) => this.#clock.after(0, resolve));
    this.#begun = this.#clock.now();
  }
}
