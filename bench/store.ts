import { createStore } from "../packages/liveset/src/store/create-store.ts";
import type { Measurement } from "./measurement.ts";
import { median, ms } from "./statistics.ts";

interface Row {
  readonly id: number;
  readonly text: string;
  readonly done: boolean;
}

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, text: `task ${index + 1}`, done: false }));

/** The least that anybody would do by hand: a map by id, and a new sorted array after each change. */
function byHand(): { put(rows: readonly Row[]): void; list(): readonly Row[] } {
  const byId = new Map<number, Row>();
  let list: readonly Row[] = [];
  return {
    put(given) {
      for (const row of given) byId.set(row.id, Object.freeze(row));
      const at = new Map(list.map((row, index) => [row.id, index]));
      const next = list.slice();
      for (const row of given) {
        const index = at.get(row.id);
        if (index === undefined) next.push(row);
        else next[index] = row;
      }
      list = next.sort((a, b) => a.id - b.id);
    },
    list: () => list,
  };
}

function ours(): { put(rows: readonly Row[]): void; list(): readonly Row[] } {
  const store = createStore();
  const all = store.rows<Row>("tasks");
  const list = store.list<Row>("tasks", { compare: (a, b) => a.id - b.id });
  list.subscribe(() => list.getSnapshot());
  return { put: (given) => all.put(given), list: () => list.getSnapshot() };
}

function timeOf(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Milliseconds to load rows into something new, and until the new list after one row changed. */
function timesOf(make: typeof ours, count: number): { readonly load: number; readonly change: number } {
  const loads: number[] = [];
  const changes: number[] = [];
  for (let round = 0; round < 5; round++) {
    const store = make();
    const given = rows(count);
    loads.push(
      timeOf(() => {
        store.put(given);
        store.list();
      }),
    );
    for (let n = 0; n < 100; n++) {
      const id = ((n * 7919) % count) + 1;
      const row = { id, text: `changed ${round} ${n}`, done: true };
      changes.push(
        timeOf(() => {
          store.put([row]);
          store.list();
        }),
      );
    }
  }
  return { load: median(loads), change: median(changes) };
}

/** The client's store: rows loaded, one row changed until the new list, against the least that is done by hand. */
export async function benchStore(): Promise<readonly Measurement[]> {
  return [10_000, 100_000].flatMap((count): Measurement[] => {
    const [own, hand] = [timesOf(ours, count), timesOf(byHand, count)];
    const isBudget = count === 10_000;
    return [
      {
        what: `Store: ${count.toLocaleString("en-US")} rows loaded, until the list`,
        value: ms(own.load),
        baseline: `${ms(hand.load)} by hand`,
        ratio: hand.load / own.load,
        ...(isBudget ? { budget: { text: "≤ 100 ms", kept: own.load <= 100 } } : {}),
      },
      {
        what: `Store: one row changes in a list of ${count.toLocaleString("en-US")}, until the new list`,
        value: ms(own.change),
        baseline: `${ms(hand.change)} by hand`,
        ratio: hand.change / own.change,
        ...(isBudget ? { budget: { text: "≤ 0.3 ms", kept: own.change <= 0.3 } } : {}),
      },
    ];
  });
}
