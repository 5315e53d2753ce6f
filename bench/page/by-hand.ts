import { shallowRef, triggerRef } from "vue";
import { type Contestant, type Row, Told } from "./contestant.ts";

/** The least that anybody would write: a `shallowRef` of a sorted array, of which a change makes a new one. */
export function byHand(): Contestant {
  const told = new Told();
  const list = shallowRef<readonly Row[]>([]);
  const places = new Map<number, number>();
  const set = (rows: readonly Row[]): void => {
    list.value = rows;
    triggerRef(list);
    told.tell();
  };
  return {
    load(rows) {
      const sorted = [...rows].sort((a, b) => a.id - b.id);
      for (const [index, { id }] of sorted.entries()) places.set(id, index);
      set(sorted);
    },
    change(row) {
      const next = list.value.slice();
      next[places.get(row.id) as number] = row;
      set(next);
    },
    list: () => list.value,
    subscribe: told.subscribe,
  };
}
