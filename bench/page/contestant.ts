/** A row of the list that all contestants hold. */
export interface Row {
  readonly id: number;
  readonly text: string;
  readonly done: boolean;
}

/** Something that holds rows and gives them as a list in the order of their ids. */
export interface Contestant {
  load(rows: readonly Row[]): void;
  change(row: Row): void;
  /** The same array until something changes. */
  list(): readonly Row[];
  subscribe(listener: () => void): () => void;
}

/** Listeners of those contestants that have none of their own. */
export class Told {
  readonly #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
