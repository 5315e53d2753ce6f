import type { LiveHandle, LiveResult, LiveWindow } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import { isOff, type LiveMethod, liveText, openLive } from "./live-text.ts";

/** What a component shows of a live query. */
export interface FollowedResult<T> extends LiveResult<T> {
  /** Of a window: whether its list goes on behind it; false while that is not known. */
  readonly hasMore: boolean;
  readonly total: number | undefined;
  /** Whether a larger window is on its way. */
  readonly isLoadingMore: boolean;
}

/** Options that every binding's live queries have. */
export interface FollowOptions {
  /** After another query was asked for, shows the data of the one before, as stale, until the new one has an answer. */
  readonly keepPrevious?: boolean | undefined;
}

type Kept<T> = Partial<LiveResult<T>> | null;

/**
 * What stands behind a component's live query: a handle, and another one whenever something else is asked for. It holds no place on the
 * server before `open` and after `release`, each of which may follow the other.
 */
export class LiveFollower<T> {
  readonly #method: LiveMethod;
  readonly #keepPrevious: boolean;
  readonly #listeners = new Set<() => void>();
  #resource: ResourceClient<ResourceTypes>;
  #text: string;
  #handle: LiveHandle<T> & Partial<LiveWindow<T>>;
  #isOpen = false;
  /** The text of the handle. */
  #opened = "";
  /** What is shown of before while there is no answer. */
  #kept: Kept<T> = null;
  #isLoadingMore = false;
  #source: LiveResult<T> | null = null;
  #shown: FollowedResult<T> | null = null;
  #rendered: readonly [LiveResult<T>, FollowedResult<T>] | null = null;

  /** @param text of `liveText` */
  constructor(
    resource: ResourceClient<ResourceTypes>,
    method: LiveMethod,
    text: string,
    { keepPrevious = false }: FollowOptions = {},
  ) {
    this.#resource = resource;
    this.#method = method;
    this.#text = text;
    this.#keepPrevious = keepPrevious;
    this.#handle = openLive(resource, method, liveText(null, {}));
  }

  /** The same object until the next notification. */
  getSnapshot(): FollowedResult<T> {
    const source = this.#handle.getSnapshot();
    if (source !== this.#source || this.#shown === null) {
      if (source.status !== "pending") this.#kept = null;
      const kept = this.#kept === null ? {} : { ...this.#kept, isStale: true };
      this.#source = source;
      this.#shown = complete({ ...source, ...kept }, this.#isLoadingMore);
    }
    return this.#shown;
  }

  /**
   * What a server renders, and what a browser that takes such a page over begins with, so that both are the same. The same object until
   * there are other rows.
   */
  getServerSnapshot(): FollowedResult<T> {
    const rendered = this.#handle.getServerSnapshot();
    const source = rendered.status === "success" ? rendered : this.#handle.getSnapshot();
    if (this.#rendered?.[0] !== source) {
      const sure =
        source.status === "success" ? ({ connection: "paused", isStale: true, recovery: null } as const) : {};
      this.#rendered = [source, complete({ ...source, ...sure }, false)];
    }
    return this.#rendered[1];
  }

  /** Calls back after each change of the snapshot; the returned function ends it. */
  subscribe(listener: () => void): () => void {
    const call = (): void => listener();
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  /** Asks for something else; an equal text of the same resource is nothing new. */
  follow(resource: ResourceClient<ResourceTypes>, text: string): void {
    if (resource === this.#resource && text === this.#text) return;
    const isSame = resource === this.#resource;
    this.#resource = resource;
    this.#text = text;
    if (!isSame) this.#opened = "";
    if (this.#isOpen) this.#open();
  }

  /** Takes its place on the server. What was shown before `release` is shown until there is an answer. Doing it twice is nothing. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#open();
  }

  /** Gives its place up and shows what it had last, `paused`. Doing it twice is nothing. */
  release(): void {
    this.#isOpen = false;
    this.#isLoadingMore = false;
    this.#handle.release();
    this.#changed();
  }

  /** Resolves when there is an answer or a refusal, or nothing is asked for: never rejects, and is not overtaken by another query. */
  async whenSettled(): Promise<void> {
    let handle: LiveHandle<T> | null = null;
    while (handle !== this.#handle) {
      handle = this.#handle;
      // Why there is no answer is in the snapshot.
      await handle.whenReady().catch(() => {});
    }
  }

  refresh(): Promise<void> {
    return this.#handle.refresh();
  }

  /**
   * @throws LivesetError when the larger window is refused. Nothing where another query was asked for, or the place was given up,
   * meanwhile.
   */
  async loadMore(count?: number): Promise<void> {
    const grown = this.#handle;
    const isPresent = (): boolean => grown === this.#handle && this.#isOpen;
    const loading = (isLoadingMore: boolean): void => {
      if (!isPresent()) return;
      this.#isLoadingMore = isLoadingMore;
      this.#changed();
    };
    loading(true);
    try {
      await grown.loadMore?.(count);
    } catch (thrown) {
      if (isPresent()) throw thrown;
    } finally {
      loading(false);
    }
  }

  #open(): void {
    const before = this.getSnapshot();
    const old = this.#handle;
    this.#handle = openLive(this.#resource, this.#method, this.#text);
    this.#handle.subscribe(() => this.#changed());
    // After the new one was opened, so that an equal query stays the same subscription.
    old.release();
    this.#kept = this.#keep(before);
    this.#opened = this.#text;
    this.#isLoadingMore = false;
    this.#changed();
  }

  #keep({ data, status, recovery, updatedAt, hasMore, total }: LiveResult<T>): Kept<T> {
    const isSame = this.#text === this.#opened;
    if (updatedAt === null || isOff(this.#text) || !(isSame || this.#keepPrevious)) return null;
    return { data, recovery, updatedAt, hasMore, total, ...(isSame ? { status } : {}) };
  }

  #changed(): void {
    this.#shown = null;
    for (const listener of [...this.#listeners]) listener();
  }
}

function complete<T>(result: LiveResult<T>, isLoadingMore: boolean): FollowedResult<T> {
  const { hasMore = false, total } = result;
  return Object.freeze({ ...result, hasMore, total, isLoadingMore });
}
