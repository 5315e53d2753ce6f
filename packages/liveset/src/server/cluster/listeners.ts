interface Listener {
  readonly hear: (message: string) => void;
  readonly missed: () => void;
}

/** Who listens to a log's messages: see `ClusterLog.listen`. */
export class Listeners {
  readonly #all = new Set<Listener>();

  add(hear: (message: string) => void, missed: () => void = () => {}): () => void {
    const listener: Listener = { hear, missed };
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  hear(message: string): void {
    for (const { hear } of [...this.#all]) hear(message);
  }

  /** The connection was lost, and is back. */
  missed(): void {
    for (const { missed } of [...this.#all]) missed();
  }

  clear(): void {
    this.#all.clear();
  }
}
