import type { Connection, LiveResult } from "../client/live-handle.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";
import type { Readable } from "../store/signal.ts";

/** How a collection's rows relate to the server at this moment. */
export interface CollectionState {
  /** The least up to date of its lists; `paused` where it has none. */
  readonly connection: Connection;
  /** It may be older than the server. */
  readonly isStale: boolean;
  /** Why one of its lists was refused, or why the client gave up connecting; null where nothing was. */
  readonly error: LivesetError | null;
}

/** What is found under `collection.utils`. */
export interface LivesetUtils {
  readonly live: Readable<CollectionState>;
  /**
   * Asks for all rows anew. Freshness never needs it; what was refused is tried again by it.
   * @throws LivesetError when it is refused.
   */
  refresh(): Promise<void>;
}

const fromWorst: readonly Connection[] = ["offline", "connecting", "catching-up", "paused", "live"];

/** The state of several lists as one. */
export function stateOf(results: readonly LiveResult<unknown>[]): CollectionState {
  const connection = fromWorst.find((name) => results.some((result) => result.connection === name));
  return Object.freeze({
    connection: connection ?? "paused",
    isStale: results.some(({ isStale }) => isStale),
    error: results.find(({ error }) => error !== null)?.error ?? null,
  });
}

/** Whether both say the same. */
export function isSameState(a: CollectionState, b: CollectionState): boolean {
  return a.connection === b.connection && a.isStale === b.isStale && a.error === b.error;
}
