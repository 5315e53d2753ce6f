import { createStore } from "../../packages/liveset/src/store/create-store.ts";
import type { Contestant, Row } from "./contestant.ts";

/** `liveset/store`. */
export function liveset(): Contestant {
  const store = createStore();
  const rows = store.rows<Row>("tasks");
  const list = store.list<Row>("tasks", { compare: (a, b) => a.id - b.id });
  return {
    load: (given) => rows.put(given),
    change: (row) => rows.put([row]),
    list: () => list.getSnapshot(),
    subscribe: (listener) => list.subscribe(listener),
  };
}
