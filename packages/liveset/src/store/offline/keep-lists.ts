import type { Clock } from "../../core/clock.ts";
import type { Json } from "../../core/json.ts";
import { realClock } from "../real-clock.ts";
import type { Target } from "../target.ts";
import type { KeyValueStorage } from "./key-value-storage.ts";

/** As much of a client as is needed to keep its lists. */
export interface KeepableClient {
  dehydrate(): { readonly queries: readonly { readonly target: Target }[] };
  hydrate(state: never): void;
}

/** Options of `keepLists`. */
export interface KeepListsOptions {
  readonly storage: KeyValueStorage;
  /** Which live queries are kept. Default: all. */
  readonly only?: (target: Target) => boolean;
  /** How long changes are gathered before they are kept, in ms. Default 1,000. */
  readonly delay?: number;
  /** Under which it is kept, for instance the user's id: what is kept under another name is not shown. Default `lists`. */
  readonly name?: string;
  readonly clock?: Clock;
  /** Is told what the storage could not do. Default: nobody; then lists are just not kept. */
  readonly onError?: (error: unknown) => void;
}

/** The keeping of a client's lists. */
export interface KeptLists {
  /** Keeps everything as it is now. */
  save(): Promise<void>;
  /** Forgets all that is kept, and keeps nothing more: at logout. */
  clear(): Promise<void>;
  /** Keeps nothing more; what is kept stays. */
  stop(): void;
}

/**
 * Keeps the live lists of a client from one visit to the next: a page that is opened offline shows them as they were, `isStale`, since
 * `updatedAt`, and where there is a connection the server sends what has changed since. Await it before lists are opened.
 *
 * @param changes tells when there may be something to be kept, such as a store
 * @example
 * ```ts
 * import { createClient } from "liveset/client";
 * import { createStore, indexedDbStorage, keepLists } from "liveset/store";
 *
 * const store = createStore();
 * const client = createClient("ws://localhost:8000/ws/", { store });
 * const kept = await keepLists(client, store, {
 *   storage: indexedDbStorage("todo"),
 *   only: ({ resource }) => resource !== "salaries",
 * });
 * export async function logout(): Promise<void> {
 *   await kept.clear();
 *   store.reset();
 *   client.auth(null);
 * }
 * ```
 */
export async function keepLists(
  client: KeepableClient,
  changes: { subscribe(listener: () => void): () => void },
  options: KeepListsOptions,
): Promise<KeptLists> {
  const { storage, only = () => true, delay = 1_000, name = "lists", clock = realClock } = options;
  const key = `lists/${name}`;
  const safely = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      options.onError?.(thrown);
    }
  };
  let cancel: (() => void) | null = null;
  let stopped = false;
  const save = (): Promise<void> =>
    safely(async () => {
      cancel?.();
      cancel = null;
      const queries = client.dehydrate().queries.filter(({ target }) => only(target));
      if (!stopped) await storage.set(key, JSON.parse(JSON.stringify({ queries })) as Json);
    });
  await safely(async () => {
    const state = await storage.get(key);
    if (state !== undefined) client.hydrate(state as never);
  });
  const end = changes.subscribe(() => {
    cancel ??= clock.after(delay, () => {
      cancel = null;
      void save();
    });
  });
  const stop = (): void => {
    stopped = true;
    cancel?.();
    end();
  };
  return {
    save,
    stop,
    clear: () => {
      stop();
      return safely(() => storage.delete(key));
    },
  };
}
