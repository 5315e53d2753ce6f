import type { LiveHandle, LiveResult, LiveWindow } from "../client/live-handle.ts";
import { type AnyResource, type LiveMethod, openLive } from "./live-text.ts";
import { asRendered, type Peeked, peekLive } from "./peek-live.ts";

/** What a component shows of a live query, and what it may call. */
export interface LazyResult<T> extends LiveResult<T> {
  readonly hasMore: boolean;
  /** Whether a larger window is on its way. */
  readonly isLoadingMore: boolean;
  /** As of a handle. */
  refresh(): Promise<void>;
  /**
   * As of a window; nothing for what is none, and where nobody listens.
   * @throws LivesetError when the larger window is refused. Nothing when the last listener goes meanwhile.
   */
  loadMore(count?: number): Promise<void>;
  /** Resolves when there is an answer or a refusal. Never rejects: what it is is in the snapshot. */
  whenSettled(): Promise<void>;
}

type Opened<T> = LiveHandle<T> & Partial<LiveWindow<T>>;

/**
 * A live query that holds its place on the server only while somebody listens, and shows until then what the client has of it anyway: for
 * frameworks that may make what they never show, and take away what they show again.
 */
export class LazyLive<T> {
  readonly resource: AnyResource;
  readonly text: string;
  readonly #open: () => Opened<T>;
  readonly #peek: () => Peeked<T>;
  #handle: Opened<T> | null = null;
  #holders = 0;
  /** Shown, as stale, while there is no answer. */
  #kept: LiveResult<T> | null = null;
  #growing = 0;
  readonly #listeners = new Set<() => void>();
  #shown: LazyResult<T> | null = null;
  #rendered: LazyResult<T> | null = null;

  /**
   * @param text of `liveText`
   * @param previous what another query had, to be shown until this one has an answer
   */
  constructor(
    resource: AnyResource,
    method: LiveMethod,
    text: string,
    previous: LiveResult<T> | null = null,
  ) {
    this.resource = resource;
    this.text = text;
    this.#open = () => openLive(resource, method, text);
    this.#peek = peekLive(resource, method, text);
    if (previous !== null && previous.updatedAt !== null) this.#kept = { ...previous, status: "pending" };
  }

  /** The same object as long as nothing in it has changed. */
  readonly getSnapshot = (): LazyResult<T> => {
    const source = this.#handle?.getSnapshot() ?? this.#peek().present;
    // A query that is off has nothing from before either.
    if (source.status !== "pending" || source.connection === "paused") this.#kept = null;
    const { connection, error } = source;
    const shown = this.#kept === null ? source : { ...this.#kept, connection, error, isStale: true };
    this.#shown = unlessSame(this.#shown, this.#complete(shown));
    return this.#shown;
  };

  /** As `getServerSnapshot` of a handle; on a server, what there is at this moment, as the browser will have it. */
  readonly getServerSnapshot = (): LazyResult<T> => {
    const { present, rendered } = this.#peek();
    const isServer = (globalThis as { readonly document?: unknown }).document === undefined;
    const source = isServer && present.status === "success" ? asRendered(present) : rendered;
    this.#rendered = unlessSame(this.#rendered, this.#complete(source));
    return this.#rendered;
  };

  /** Takes its place on the server, and calls back after each change of the snapshot; the returned function ends it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    const call = (): void => listener();
    const release = this.#hold();
    this.#listeners.add(call);
    return () => {
      if (this.#listeners.delete(call)) release();
    };
  };

  readonly #calls = {
    refresh: (): Promise<void> => this.#whileHeld((handle) => handle.refresh()),
    loadMore: async (count?: number): Promise<void> => {
      this.#grow(1);
      try {
        await this.#handle?.loadMore?.(count);
      } catch (thrown) {
        if (this.#listeners.size > 0) throw thrown;
      } finally {
        this.#grow(-1);
      }
    },
    whenSettled: (): Promise<void> =>
      this.#whileHeld((handle) => handle.whenReady()).then(
        () => {},
        () => {},
      ),
  };

  #complete(result: LiveResult<T>): LazyResult<T> {
    return { ...result, ...this.#calls, hasMore: result.hasMore ?? false, isLoadingMore: this.#growing > 0 };
  }

  async #whileHeld<R>(use: (handle: Opened<T>) => Promise<R>): Promise<R> {
    const release = this.#hold();
    try {
      return await use(this.#handle as Opened<T>);
    } finally {
      release();
    }
  }

  #hold(): () => void {
    if (this.#holders++ === 0) {
      const handle = this.#open();
      handle.subscribe(() => this.#changed());
      this.#handle = handle;
    }
    return () => {
      if (--this.#holders > 0) return;
      const last = this.getSnapshot();
      this.#handle?.release();
      this.#handle = null;
      // Who listens again after the client has forgotten the rows sees these until they have come again.
      if (last.status === "success") this.#kept = last;
    };
  }

  #grow(by: number): void {
    this.#growing += by;
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The object before, where another one has the same parts. */
function unlessSame<T extends object>(before: T | null, next: T): T {
  return before !== null && isSame(before, next) ? before : Object.freeze(next);
}

/** Whether all parts of two objects, or of two arrays, are the same. */
export function isSame<T extends object>(one: T, other: T): boolean {
  return (Object.keys({ ...one, ...other }) as (keyof T)[]).every((key) => Object.is(one[key], other[key]));
}
