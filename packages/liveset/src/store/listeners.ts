import type { Emitter, Turn } from "./turn.ts";

/** Who is told of something, at the end of the turn in which it happened. What listeners throw goes to `onError`. */
export class Listeners implements Emitter {
  readonly #turn: Turn;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<{ readonly call: () => void }>();

  constructor(turn: Turn, onError: (error: unknown) => void) {
    this.#turn = turn;
    this.#onError = onError;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** The returned function ends it. */
  subscribe(call: () => void): () => void {
    // Wrapped, so that one function subscribed twice is two subscriptions.
    const listener = { call };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** It has happened. */
  changed(): void {
    this.#turn.changed(this);
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
