/** Lets one holder in at a time, the others in the order in which they came. */
export class Mutex {
  #held = false;
  readonly #waiting: (() => void)[] = [];

  get held(): boolean {
    return this.#held;
  }

  /** Runs the work alone. Free or not, `work` is called before anything that comes later. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#held = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Handed over without a gap, so that nobody overtakes.
      if (next === undefined) this.#held = false;
      else next();
    }
  }
}
