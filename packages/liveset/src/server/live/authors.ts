import { getOrMake } from "./get-or-make.ts";
import type { Audience } from "./subscriber.ts";

/** Who waits for which mutation: the `commit` of a transaction names its author's own writes to the author (P6). */
export class Authors {
  readonly #waiting = new Map<string, Set<Audience>>();

  /** From now until the returned function is called, the audience waits for the mutation. */
  begin(mutation: string, audience: Audience): () => void {
    getOrMake(this.#waiting, mutation, () => new Set<Audience>()).add(audience);
    return () => {
      const waiting = this.#waiting.get(mutation);
      waiting?.delete(audience);
      if (waiting?.size === 0) this.#waiting.delete(mutation);
    };
  }

  /** The mutations of a transaction by those who wait for them. */
  of(mutations: readonly string[]): ReadonlyMap<Audience, readonly string[]> {
    const found = new Map<Audience, string[]>();
    for (const mutation of mutations) {
      for (const audience of this.#waiting.get(mutation) ?? []) {
        getOrMake(found, audience, () => [] as string[]).push(mutation);
      }
    }
    return found;
  }

  get size(): number {
    return this.#waiting.size;
  }
}
