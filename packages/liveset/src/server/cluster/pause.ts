import type { Clock } from "../../core/clock.ts";

/** A wait of one loop that others may cut short. */
export class Pause {
  readonly #clock: Clock;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after the time, in ms, or when `end` is called; null: only then. */
  wait(delay: number | null): Promise<void> {
    return new Promise((resolve) => {
      const cancel = delay === null ? () => {} : this.#clock.after(delay, () => this.#wake());
      this.#wake = () => {
        this.#wake = () => {};
        cancel();
        resolve();
      };
    });
  }

  end(): void {
    this.#wake();
  }
}
