import { Listeners } from "./listeners.ts";
import type { Turn } from "./turn.ts";

/** A value that can be read and watched. */
export interface Readable<T> {
  getSnapshot(): T;
  /** Calls back after each change; the returned function ends it. */
  subscribe(listener: () => void): () => void;
}

/** A watched value. Listeners are called at the end of the turn in which it changed; what they throw goes to `onError`. */
export class Signal<T> extends Listeners implements Readable<T> {
  #value: T;

  constructor(value: T, turn: Turn, onError: (error: unknown) => void) {
    super(turn, onError);
    this.#value = value;
  }

  getSnapshot(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.changed();
  }
}
