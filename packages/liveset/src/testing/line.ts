/** One direction of a connection: delivers in order, later, and not while it is held. */
export class Line {
  readonly #schedule: (deliver: () => void) => void;
  #queue: { readonly bytes: number; readonly deliver: () => void }[] = [];
  #bytes = 0;
  #holds = 0;
  #cut = false;
  #waiting: (() => void)[] = [];

  constructor(schedule: (deliver: () => void) => void) {
    this.#schedule = schedule;
  }

  /** Bytes under way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when nothing is under way. */
  drained(): Promise<void> {
    if (this.#bytes === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  push(bytes: number, deliver: () => void): void {
    if (this.#cut) return;
    this.#queue.push({ bytes, deliver });
    this.#bytes += bytes;
    this.#schedule(() => this.#next());
  }

  /** Delivers nothing until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holds--;
      for (const _ of this.#queue) this.#schedule(() => this.#next());
    };
  }

  /** Loses what is under way and whatever comes after. */
  cut(): void {
    this.#cut = true;
    this.#queue = [];
    this.#bytes = 0;
    this.#wake();
  }

  #next(): void {
    if (this.#holds > 0) return;
    const item = this.#queue.shift();
    if (item === undefined) return;
    this.#bytes -= item.bytes;
    item.deliver();
    if (this.#bytes === 0) this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
