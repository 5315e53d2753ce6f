import type { Clock } from "../../core/clock.ts";

/** How a queue loads. */
export interface LoadQueueOptions {
  readonly clock: Clock;
  readonly chunkSize: number;
  readonly concurrency: number;
  /** Loads some; never rejects. */
  readonly load: (ids: readonly string[]) => Promise<void>;
}

/**
 * Ids to be loaded: all of one tick together, each once, in the order in which they came, in chunks, of which some are
 * under way at the same time. An id that is under way already is loaded once more afterwards, if that is asked for.
 */
export class LoadQueue {
  readonly #options: LoadQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #loading = new Set<string>();
  readonly #again = new Set<string>();
  #running = 0;
  #cancel: (() => void) | null = null;
  #ended = false;

  constructor(options: LoadQueueOptions) {
    this.#options = options;
  }

  isLoading(id: string): boolean {
    return this.#waiting.has(id) || this.#loading.has(id);
  }

  /** @param again whether an answer that is under way is too old */
  add(id: string, again: boolean): void {
    if (this.#ended) return;
    if (this.#loading.has(id)) {
      if (again) this.#again.add(id);
      return;
    }
    this.#waiting.add(id);
    this.#cancel ??= this.#options.clock.after(0, () => {
      this.#cancel = null;
      this.#pump();
    });
  }

  /** Nothing more is loaded. */
  end(): void {
    this.#ended = true;
    this.#cancel?.();
    this.#waiting.clear();
    this.#again.clear();
  }

  #pump(): void {
    const { concurrency, chunkSize } = this.#options;
    while (this.#running < concurrency && this.#waiting.size > 0 && !this.#ended) {
      const ids = [...this.#waiting].slice(0, chunkSize);
      for (const id of ids) {
        this.#waiting.delete(id);
        this.#loading.add(id);
      }
      this.#running++;
      void this.#options.load(ids).finally(() => {
        this.#running--;
        for (const id of ids) {
          this.#loading.delete(id);
          if (this.#again.delete(id)) this.add(id, false);
        }
        this.#pump();
      });
    }
  }
}
