import { createClient, type ResourceClient } from "liveset/client";
import { createStore, indexedDbStorage, keepLists, WriteQueue } from "liveset/store";

/* The page of the test of two tabs: its list, what is pending, and its writes, for the test to look at and to do. */

interface Note {
  readonly id: number;
  readonly text: string;
}

/** What the test sees of a page. */
export interface OfflinePage {
  state(): {
    readonly texts: readonly string[];
    readonly connection: string;
    readonly isStale: boolean;
    readonly pending: number;
    readonly refused: string | null;
  };
  write(text: string): void;
  change(id: number, text: string): void;
  logout(): Promise<void>;
}

const storage = indexedDbStorage("offline-test");
const store = createStore({ queue: new WriteQueue({ storage }) });
const client = createClient(`ws://localhost:${location.search.slice(1)}/ws/`, {
  store,
  backoff: { min: 20, max: 100 },
});
const kept = await keepLists(client, store, { storage, delay: 10 });
const notes = client.resource("notes" as never) as unknown as ResourceClient;
const list = notes.live({ orderBy: { id: "asc" } as never });

const page: OfflinePage = {
  state() {
    const { data, connection, isStale } = list.getSnapshot();
    return {
      texts: (data as readonly Note[]).map(({ text }) => text),
      connection,
      isStale,
      pending: store.pendingWrites,
      refused: store.pending("notes", 1)?.error?.code ?? null,
    };
  },
  write: (text) => void notes.create({ text }).catch(() => {}),
  change: (id, text) => void notes.patch(id, { text }).catch(() => {}),
  async logout() {
    await kept.clear();
    store.reset();
  },
};
Object.assign(window, { offlinePage: page });
