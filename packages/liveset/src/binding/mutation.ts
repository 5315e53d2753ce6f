import { type LivesetError, toLivesetError } from "../core/error/liveset-error.ts";

/** How a component's writes stand. */
export interface MutationState {
  /** Whether a call is under way. */
  readonly pending: boolean;
  /** Of the last call that failed; null again when a new call begins. */
  readonly error: LivesetError | null;
}

/** The calls of a component's write, which may overlap. */
export class Mutation {
  readonly #listeners = new Set<() => void>();
  #running = 0;
  #state: MutationState = Object.freeze({ pending: false, error: null });

  /** The same object until the next notification. */
  getSnapshot(): MutationState {
    return this.#state;
  }

  /** Calls back after each change of the snapshot; the returned function ends it. */
  subscribe(listener: () => void): () => void {
    const call = (): void => listener();
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  /** Calls the function. Never rejects: a failure is in the snapshot, and the promise gives undefined. */
  async run<R>(write: () => Promise<R>): Promise<R | undefined> {
    this.#running++;
    this.#set(null);
    let failure: LivesetError | null = null;
    try {
      return await write();
    } catch (thrown) {
      failure = toLivesetError(thrown);
      return undefined;
    } finally {
      this.#running--;
      this.#set(failure ?? this.#state.error);
    }
  }

  /** Takes the error away. */
  reset(): void {
    this.#set(null);
  }

  #set(error: LivesetError | null): void {
    const pending = this.#running > 0;
    if (pending === this.#state.pending && error === this.#state.error) return;
    this.#state = Object.freeze({ pending, error });
    for (const listener of [...this.#listeners]) listener();
  }
}
