import { createCollection, createLiveQueryCollection, type SyncConfig } from "@tanstack/db";
import type { Contestant, Row } from "./contestant.ts";

type Sync = Parameters<SyncConfig<Row, number>["sync"]>[0];

/** TanStack DB: a collection, and a live query that orders it. */
export function tanstackDb(): Contestant {
  let sync: Sync | null = null;
  const collection = createCollection<Row, number>({
    getKey: ({ id }) => id,
    startSync: true,
    sync: {
      rowUpdateMode: "full",
      sync: (parts) => {
        sync = parts;
        parts.markReady();
      },
    },
  });
  const query = createLiveQueryCollection({
    startSync: true,
    query: (q) => q.from({ row: collection }).orderBy(({ row }) => row.id),
  });
  let list: readonly Row[] = [];
  const write = (type: "insert" | "update", rows: readonly Row[]): void => {
    sync?.begin();
    for (const value of rows) sync?.write({ type, value });
    sync?.commit();
  };
  return {
    load: (rows) => write("insert", rows),
    change: (row) => write("update", [row]),
    list: () => list,
    subscribe(listener) {
      const { unsubscribe } = query.subscribeChanges(() => {
        list = query.toArray;
        listener();
      });
      return () => unsubscribe();
    },
  };
}
