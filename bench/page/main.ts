import { byHand } from "./by-hand.ts";
import type { Contestant, Row } from "./contestant.ts";
import { liveset } from "./liveset.ts";
import { ngrx } from "./ngrx.ts";
import { mountReact } from "./react-list.ts";
import { tanstackDb } from "./tanstack-db.ts";
import { mountVue } from "./vue-list.ts";

const contestants = { liveset, "by hand": byHand, "TanStack DB": tanstackDb, "NgRX SignalStore": ngrx };
const mounts = { Vue: mountVue, React: mountReact };

export type ContestantName = keyof typeof contestants;
export type FrameworkName = keyof typeof mounts;

/** What the page can be told to do, one after another. Times are in ms, until what is rendered is right. */
export interface BenchPage {
  mount(contestant: ContestantName, framework: FrameworkName, shown: number): Promise<void>;
  load(count: number): Promise<number>;
  /** The median of some changes, each of one row that is shown. */
  change(rounds: number): Promise<number>;
}

let contestant: Contestant;
let shown = 0;

const rowOf = (id: number, text: string): Row => Object.freeze({ id, text, done: false });
const textOf = (id: number): string | null | undefined => document.getElementById(`r${id}`)?.textContent;

/** As often as the page may do something else, so that neither framework waits for a timer. */
async function until(isRight: () => boolean): Promise<void> {
  while (!isRight()) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
  }
}

async function timeOf(work: () => void, isRight: () => boolean): Promise<number> {
  const begin = performance.now();
  work();
  await until(isRight);
  return performance.now() - begin;
}

const page: BenchPage = {
  async mount(name, framework, most) {
    shown = most;
    contestant = contestants[name]();
    mounts[framework](document.body.appendChild(document.createElement("main")), contestant, most);
    await until(() => document.querySelector("ol") !== null);
  },
  load(count) {
    const rows = Array.from({ length: count }, (_, index) => rowOf(index + 1, `task ${index + 1}`));
    const last = Math.min(count, shown);
    return timeOf(
      () => contestant.load(rows),
      () => textOf(last) === `task ${last}`,
    );
  },
  async change(rounds) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const id = ((round * 37) % shown) + 1;
      const text = `changed ${round}`;
      times.push(
        await timeOf(
          () => contestant.change(rowOf(id, text)),
          () => textOf(id) === text,
        ),
      );
    }
    return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  },
};
Object.assign(globalThis, { bench: page });
