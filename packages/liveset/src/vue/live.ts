import {
  getCurrentInstance,
  onScopeDispose,
  onServerPrefetch,
  type ShallowRef,
  shallowRef,
  type WatchSource,
  watch,
} from "vue";
import type { Connection, LiveHandle, LiveResult, Recovery } from "../client/live-handle.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";

type Shown<T> = Readonly<ShallowRef<T>>;

/** A live result as refs, which may be destructured. What each says is described at `LiveResult`. */
export interface Live<T> {
  /** Never deeply reactive: rows are frozen, and an unchanged row stays the same object. */
  readonly data: Shown<T>;
  readonly status: Shown<LiveResult<T>["status"]>;
  readonly connection: Shown<Connection>;
  readonly error: Shown<LivesetError | null>;
  readonly isStale: Shown<boolean>;
  readonly recovery: Shown<Recovery | null>;
  readonly updatedAt: Shown<number | null>;
  /** Asks for a whole new snapshot. Freshness never needs it; a refused query is tried again by it. */
  refresh(): Promise<void>;
}

/** Options that every live composable has. */
export interface UseLiveOptions {
  /** After another query was asked for, shows the data of the one before, as stale, until the new one has an answer. */
  readonly keepPrevious?: boolean | undefined;
}

/**
 * Follows the handle that `open` gives, anew whenever a source changes, until the scope ends.
 *
 * @param isOff whether nothing is asked for: then nothing is kept from before either
 * @param also is given each result, for what a composable shows beside
 */
export function useLive<T>(
  sources: WatchSource[],
  open: () => LiveHandle<T>,
  isOff: () => boolean,
  { keepPrevious = false }: UseLiveOptions,
  also: (result: LiveResult<T>) => void = () => {},
): Live<T> {
  let handle = open();
  const first = handle.getSnapshot();
  const data = shallowRef(first.data);
  const status = shallowRef(first.status);
  const connection = shallowRef(first.connection);
  const error = shallowRef(first.error);
  const isStale = shallowRef(first.isStale);
  const recovery = shallowRef(first.recovery);
  const updatedAt = shallowRef(first.updatedAt);

  const show = (): void => {
    const result = handle.getSnapshot();
    const keeps = keepPrevious && result.status === "pending" && updatedAt.value !== null && !isOff();
    if (!keeps) {
      data.value = result.data;
      recovery.value = result.recovery;
      updatedAt.value = result.updatedAt;
    }
    status.value = result.status;
    connection.value = result.connection;
    error.value = result.error;
    isStale.value = keeps || result.isStale;
    also(result);
  };

  handle.subscribe(show);
  // A page rendered on a server waits for its lists; one that is refused is rendered as that.
  if (getCurrentInstance() !== null) onServerPrefetch(() => handle.whenReady().then(show, show));
  watch(sources, () => {
    const old = handle;
    handle = open();
    handle.subscribe(show);
    // After the new one was opened, so that an equal query stays the same subscription.
    old.release();
    show();
  });
  onScopeDispose(() => handle.release());
  return { data, status, connection, error, isStale, recovery, updatedAt, refresh: () => handle.refresh() };
}
