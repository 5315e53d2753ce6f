import { LivesetError } from "../core/error/liveset-error.ts";
import type { Turn } from "../store/turn.ts";
import type { LiveHandle, LiveResult } from "./live-handle.ts";
import type { LiveQueries } from "./live-queries.ts";
import { type LiveQuery, pendingRows, type Rows } from "./live-query.ts";
import { aborted } from "./requests.ts";

/** How a handle shows the rows of its query. */
export type View<T> = (result: LiveResult<Rows>) => LiveResult<T>;

/** All rows. */
export const viewList: View<Rows> = (result) => result;

/** One row: not known, absent (or out of sight), or there. */
export const viewOne: View<Rows[number] | null | undefined> = (result) => {
  const known = result.status === "success" || result.data.length > 0;
  const hidden = result.error?.code === "not_found" || result.error?.code === "forbidden";
  return Object.freeze({ ...result, data: known || hidden ? (result.data[0] ?? null) : undefined });
};

/** The number of a list's rows. */
export const viewCount: View<number | undefined> = (result) =>
  Object.freeze({ ...result, data: result.total });

/** A handle that nothing is behind: what a null query gives. */
export function pausedHandle<T>(view: View<T>): LiveHandle<T> {
  const snapshot = view(pendingRows);
  return {
    getSnapshot: () => snapshot,
    getServerSnapshot: () => snapshot,
    subscribe: () => () => {},
    whenReady: () => Promise.reject(new LivesetError("released", { detail: "The query is null." })),
    refresh: () => Promise.resolve(),
    release: () => {},
  };
}

/** One user's hold on a shared query. */
export class Handle<T> implements LiveHandle<T> {
  readonly #query: LiveQuery;
  readonly #queries: LiveQueries;
  readonly #turn: Turn;
  readonly #view: View<T>;
  /** What was rendered, and how it is viewed. */
  #rendered: readonly [LiveResult<Rows>, LiveResult<T>] | null = null;
  /** Aborted by `release`. */
  readonly #life = new AbortController();
  #source: LiveResult<Rows>;
  #shown: LiveResult<T>;

  constructor(query: LiveQuery, queries: LiveQueries, turn: Turn, view: View<T>) {
    this.#query = query;
    this.#queries = queries;
    this.#turn = turn;
    this.#view = view;
    this.#source = query.result.getSnapshot();
    this.#shown = view(this.#source);
  }

  getSnapshot(): LiveResult<T> {
    const source = this.#query.result.getSnapshot();
    if (!this.#life.signal.aborted && source !== this.#source) {
      this.#source = source;
      this.#shown = this.#view(source);
    }
    return this.#shown;
  }

  getServerSnapshot(): LiveResult<T> {
    const { rendered } = this.#query;
    if (this.#rendered?.[0] !== rendered) this.#rendered = [rendered, this.#view(rendered)];
    return this.#rendered[1];
  }

  subscribe(listener: () => void): () => void {
    const { signal } = this.#life;
    if (signal.aborted) return () => {};
    const unsubscribe = this.#query.result.subscribe(listener);
    const end = (): void => {
      signal.removeEventListener("abort", end);
      unsubscribe();
    };
    signal.addEventListener("abort", end);
    return end;
  }

  whenReady(signal?: AbortSignal): Promise<LiveResult<T>> {
    return this.#when(({ status }) => status === "success", signal);
  }

  async refresh(): Promise<void> {
    if (this.#life.signal.aborted) throw new LivesetError("released");
    this.#turn.run(() => this.#queries.refresh(this.#query));
    await this.#when(({ connection }) => connection === "live");
  }

  release(): void {
    if (this.#life.signal.aborted) return;
    const last = this.getSnapshot();
    this.#shown = Object.freeze({ ...last, connection: "paused", isStale: last.status === "success" });
    this.#life.abort(new LivesetError("released"));
    this.#queries.release(this.#query);
  }

  /** The first snapshot that fits; a refusal rejects. */
  #when(fits: (result: LiveResult<Rows>) => boolean, signal?: AbortSignal): Promise<LiveResult<T>> {
    const stop = signal === undefined ? this.#life.signal : AbortSignal.any([signal, this.#life.signal]);
    return new Promise((resolve, reject) => {
      if (stop.aborted) return reject(aborted(stop));
      let end = (): void => {};
      const settle = (act: () => void): void => {
        end();
        stop.removeEventListener("abort", onAbort);
        act();
      };
      const onAbort = (): void => settle(() => reject(aborted(stop)));
      const check = (): void => {
        const { refusal } = this.#query;
        if (fits(this.#query.result.getSnapshot())) settle(() => resolve(this.getSnapshot()));
        else if (refusal !== null) settle(() => reject(refusal));
      };
      stop.addEventListener("abort", onAbort);
      end = this.#query.result.subscribe(check);
      check();
    });
  }
}
