import type { Emitter, Turn } from "./turn.ts";

/** A value that can be read and watched. */
export interface Readable<T> {
  getSnapshot(): T;
  /** Calls back after each change; the returned function ends it. */
  subscribe(listener: () => void): () => void;
}

/** A watched value. Listeners are called at the end of the turn in which it changed; what they throw goes to `onError`. */
export class Signal<T> implements Readable<T>, Emitter {
  readonly #turn: Turn;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<{ readonly call: () => void }>();
  #value: T;

  constructor(value: T, turn: Turn, onError: (error: unknown) => void) {
    this.#value = value;
    this.#turn = turn;
    this.#onError = onError;
  }

  getSnapshot(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#turn.changed(this);
  }

  subscribe(call: () => void): () => void {
    // Wrapped, so that one function subscribed twice is two subscriptions.
    const listener = { call };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener.call();
      } catch (thrown) {
        this.#onError(thrown);
      }
    }
  }
}
