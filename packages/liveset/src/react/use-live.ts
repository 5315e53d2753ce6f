import { useMemo, useState, useSyncExternalStore } from "react";
import { LazyLive, type LazyResult } from "../binding/lazy-live.ts";
import { type AnyResource, type AskedOptions, type LiveMethod, liveText } from "../binding/live-text.ts";
import type { LiveResult } from "../client/live-handle.ts";
import { selectFrom } from "./select-from.ts";
import { waitOnce } from "./wait-once.ts";

/** A live result. A new object comes when anything in it changes; what each part says is described at `LiveResult`. */
export interface Live<T> extends LiveResult<T> {
  /** Asks for a whole new snapshot. Freshness never needs it; a refused query is tried again by it. */
  refresh(): Promise<void>;
}

/** Options that every live hook has. */
export interface UseLiveOptions<T, S = T> {
  /** After another query was asked for, shows the data of the one before, as stale, until the new one has an answer. */
  readonly keepPrevious?: boolean | undefined;
  /**
   * What of the data the component needs: it is rendered again only when that is another value, or an array of other elements. Best defined
   * outside of the component.
   */
  readonly select?: ((data: T) => S) | undefined;
}

/** Follows a live query, or the row of a key. It is opened after the component was mounted, never while it is rendered. */
export function useLive<T, S = T>(
  resource: AnyResource,
  method: LiveMethod,
  query: unknown,
  options: (UseLiveOptions<T, S> & AskedOptions) | undefined,
): LazyResult<S> {
  const text = liveText(query, options);
  const select = options?.select;
  const make = (previous: LiveResult<T> | null): LazyLive<T> =>
    new LazyLive(resource, method, text, previous);
  // As state, not as a memo: a window must not forget how large it was made.
  const [before, setLive] = useState(() => make(null));
  let live = before;
  if (live.resource !== resource || live.text !== text) {
    live = make(options?.keepPrevious === true ? before.getSnapshot() : null);
    setLive(live);
  }
  const getSnapshot = useMemo(() => selectFrom(live.getSnapshot, select), [live, select]);
  const getServerSnapshot = useMemo(() => selectFrom(live.getServerSnapshot, select), [live, select]);
  return useSyncExternalStore(live.subscribe, getSnapshot, getServerSnapshot);
}

/** The same, but suspends until there is an answer, and throws a refusal. */
export function useLiveSuspense<T, S = T>(
  resource: AnyResource,
  method: LiveMethod,
  query: unknown,
  options: (UseLiveOptions<T, S> & AskedOptions) | undefined,
): LazyResult<S> {
  const state = useLive(resource, method, query, options);
  // Rows that are there stay, also while the server cannot answer.
  if (state.updatedAt === null && (query ?? null) !== null) {
    throw state.status === "error"
      ? state.error
      : waitOnce(resource, method + liveText(query, options), state.whenSettled);
  }
  return state;
}
