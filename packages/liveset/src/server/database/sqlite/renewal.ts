import type { Log } from "../../log.ts";

/** Between two attempts, in ms. */
const pause = 1_000;

/** Begins a new epoch where the log was lost, and tries until that is possible. */
export class Renewal {
  readonly #log: Log;
  readonly #renew: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isEnded = false;
  /** The fault that was logged last: the same one is not said twice. */
  #said = "";

  constructor(log: Log, renew: () => Promise<void>) {
    this.#log = log;
    this.#renew = renew;
  }

  begin(): void {
    // Not inside of the transaction or snapshot that noticed it.
    if (this.#isEnded) return;
    this.#timer = setTimeout(() => void this.#try(), this.#said === "" ? 0 : pause);
    this.#timer.unref();
  }

  end(): void {
    this.#isEnded = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #try(): Promise<void> {
    try {
      await this.#renew();
      this.#said = "";
      this.#log.error({}, "the log of changes was lost and a new epoch has begun: all lists are reset");
    } catch (error) {
      if (String(error) !== this.#said && !this.#isEnded)
        this.#log.error({ err: error }, `the log of changes was lost, and no new epoch can begin: ${error}`);
      this.#said = String(error);
      this.begin();
    }
  }
}
