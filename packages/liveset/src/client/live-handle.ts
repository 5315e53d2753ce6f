import type { LivesetError } from "../core/error/liveset-error.ts";

/**
 * How a live result relates to the server at this moment.
 * - `connecting`: nothing has come yet
 * - `live`: equal to the server's answer, up to the time on the wire
 * - `catching-up`: connected again, what was missed is on its way
 * - `offline`: not connected; the client tries again by itself, unless `error` says that it gave up
 * - `paused`: nothing is expected (a null query, a refused one, a released handle, a client that nobody has used yet)
 */
export type Connection = "connecting" | "live" | "catching-up" | "offline" | "paused";

/** How rows were made right again: see `LiveResult`. */
export type Recovery = "resumed" | "reset";

/** What a live query has at one moment. Immutable: a new object comes when anything in it changes. */
export interface LiveResult<T> {
  /**
   * A list: never undefined, and the same array as long as no row in it changed. One row: `undefined` is not known yet,
   * `null` is absent or out of the caller's sight. Rows are frozen, and an unchanged row stays the same object.
   */
  readonly data: T;
  /** What there is: nothing yet, an answer, or a refusal. A list that has an answer keeps it while it is offline. */
  readonly status: "pending" | "success" | "error";
  readonly connection: Connection;
  /** Why the query was refused, when `status` is `"error"`; otherwise why the client gave up connecting, or null. */
  readonly error: LivesetError | null;
  /** There is an answer, but it may be older than the server's. */
  readonly isStale: boolean;
  /**
   * How the rows were made right again after they could not simply be followed, the last time: after a lost connection, another
   * token, or a change of the caller's rights. `resumed`: exactly what was missed was put onto them. `reset`: all rows came
   * anew, so what happened between is not known. `null`: they have been followed from the first snapshot on. It
   * changes together with the rows, so while they are stale it tells of the time before.
   */
  readonly recovery: Recovery | null;
  /** When `data` last changed or was confirmed by a snapshot: ms since 1970; null while there is none. */
  readonly updatedAt: number | null;
  /** Of a window: whether its list goes on behind it. Undefined while that is not known, and for anything but a window. */
  readonly hasMore?: boolean | undefined;
  /** Of a window that asks for it, and of a count: how many rows the whole list has. */
  readonly total?: number | undefined;
}

/**
 * A live query: what every framework's binding is made from. It holds its place on the server from the moment
 * it is made until `release`; equal queries of one client share one subscription.
 *
 * @example
 * ```ts
 * import type { LiveHandle } from "liveset/client";
 *
 * export function show(handle: LiveHandle<readonly { text: string }[]>): () => void {
 *   return handle.subscribe(() => {
 *     const { data, connection } = handle.getSnapshot();
 *     document.title = `${data.length} tasks, ${connection}`;
 *   });
 * }
 * ```
 */
export interface LiveHandle<T> {
  /** The present result; the same object until the next notification. */
  getSnapshot(): LiveResult<T>;
  /**
   * The result for a page rendered on a server, and for the browser's first look at such a page: pending, or what `dehydrate` gave or
   * `hydrate` took. Always the same object.
   */
  getServerSnapshot(): LiveResult<T>;
  /**
   * Calls back after each change of the snapshot: once per transaction, after all lists of the client have it, and never
   * from within another callback. The returned function ends it.
   */
  subscribe(listener: () => void): () => void;
  /**
   * The first result with `status` success, which may already be there.
   * @throws LivesetError when the query is refused; `released` when the handle is released, or the signal aborts, before.
   */
  whenReady(signal?: AbortSignal): Promise<LiveResult<T>>;
  /**
   * Asks for a whole new snapshot and waits for it. Freshness never needs it; a refused query is tried again by it.
   * @throws LivesetError as `whenReady`.
   */
  refresh(): Promise<void>;
  /** Gives the place up. The handle keeps its last data, `paused`. Doing it twice is nothing. */
  release(): void;
}

/**
 * A live list with a `limit`: its first rows, live, which may be grown. What is pushed out leaves, what slides in enters.
 *
 * @example
 * ```ts
 * import type { LiveWindow } from "liveset/client";
 *
 * export async function showMore(tasks: LiveWindow<readonly { text: string }[]>): Promise<void> {
 *   if (tasks.getSnapshot().hasMore) await tasks.loadMore();
 * }
 * ```
 */
export interface LiveWindow<T> extends LiveHandle<T> {
  /**
   * Makes the window larger, by as many rows as it began with or by `count`: when the larger one is there it takes the place
   * of the smaller at once, without a gap or a double. Resolves then, or at once where the list has no more rows. Asked
   * again meanwhile it gives the same promise.
   * @throws LivesetError when the larger window is refused, as `limit_exceeded` (the smaller one stays); `released` when the handle is
   * released before.
   */
  loadMore(count?: number): Promise<void>;
}
