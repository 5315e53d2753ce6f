import { LivesetError } from "../core/error/liveset-error.ts";
import type { Signal } from "../store/signal.ts";
import type { Handle } from "./handle.ts";
import type { LiveResult, LiveWindow } from "./live-handle.ts";
import type { Rows } from "./live-query.ts";

/** A handle on a window that grows: each size is a query of its own, and a larger one takes over when its rows are there. */
export class WindowHandle implements LiveWindow<Rows> {
  readonly #open: (limit: number) => Handle<Rows>;
  readonly #step: number;
  /** How often it has grown; listeners move to the new query when this changes. */
  readonly #grown: Signal<number>;
  readonly #life = new AbortController();
  #limit: number;
  #handle: Handle<Rows>;
  #growing: Promise<void> | null = null;

  /** @param open holds the window of a size */
  constructor(limit: number, open: (limit: number) => Handle<Rows>, grown: Signal<number>) {
    this.#open = open;
    this.#step = limit;
    this.#limit = limit;
    this.#grown = grown;
    this.#handle = open(limit);
  }

  getSnapshot(): LiveResult<Rows> {
    return this.#handle.getSnapshot();
  }

  getServerSnapshot(): LiveResult<Rows> {
    return this.#handle.getServerSnapshot();
  }

  subscribe(listener: () => void): () => void {
    let end = this.#handle.subscribe(listener);
    const stop = this.#grown.subscribe(() => {
      end();
      end = this.#handle.subscribe(listener);
      listener();
    });
    return () => {
      stop();
      end();
    };
  }

  whenReady(signal?: AbortSignal): Promise<LiveResult<Rows>> {
    return this.#handle.whenReady(signal);
  }

  refresh(): Promise<void> {
    return this.#handle.refresh();
  }

  loadMore(count: number = this.#step): Promise<void> {
    this.#growing ??= this.#grow(count).finally(() => {
      this.#growing = null;
    });
    return this.#growing;
  }

  release(): void {
    this.#life.abort(new LivesetError("released"));
    this.#handle.release();
  }

  async #grow(count: number): Promise<void> {
    const { hasMore } = await this.#handle.whenReady();
    if (hasMore !== true) return;
    const larger = this.#open(this.#limit + count);
    try {
      await larger.whenReady(this.#life.signal);
    } catch (thrown) {
      larger.release();
      throw thrown;
    }
    const smaller = this.#handle;
    this.#handle = larger;
    this.#limit += count;
    this.#grown.set(this.#limit);
    smaller.release();
  }
}
