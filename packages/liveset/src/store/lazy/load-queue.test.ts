import { expect, test } from "vitest";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { LoadQueue } from "./load-queue.ts";

interface Call {
  readonly ids: readonly string[];
  readonly answer: () => Promise<void>;
}

function queue(
  chunkSize: number,
  concurrency: number,
): { readonly queue: LoadQueue; readonly calls: Call[]; tick(): void } {
  const clock = new VirtualClock();
  const calls: Call[] = [];
  const load = (ids: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      calls.push({
        ids,
        answer: async () => {
          resolve();
          for (let i = 0; i < 5; i++) await Promise.resolve();
        },
      });
    });
  return {
    queue: new LoadQueue({ clock, chunkSize, concurrency, load }),
    calls,
    tick: () => clock.advance(0),
  };
}

const idsOf = (calls: readonly Call[]): string[] => calls.map(({ ids }) => ids.join());

test("the ids of a tick are loaded in chunks, as many at a time as are allowed, each id once", async () => {
  const { queue: loads, calls, tick } = queue(2, 2);
  for (const id of ["a", "b", "a", "c", "d", "e", "f", "g"]) loads.add(id, false);
  expect(calls).toEqual([]);
  tick();
  expect(idsOf(calls)).toEqual(["a,b", "c,d"]);
  loads.add("a", false);
  loads.add("e", true);
  tick();
  expect(calls).toHaveLength(2);
  await calls[1]?.answer();
  expect(idsOf(calls)).toEqual(["a,b", "c,d", "e,f"]);
  await calls[0]?.answer();
  expect(idsOf(calls)).toEqual(["a,b", "c,d", "e,f", "g"]);
});

test("an id that changes while it is loaded is loaded once more afterwards, and one that ends is not", async () => {
  const { queue: loads, calls, tick } = queue(10, 1);
  loads.add("a", false);
  tick();
  for (let n = 0; n < 3; n++) loads.add("a", true);
  expect(loads.isLoading("a")).toBe(true);
  await calls[0]?.answer();
  tick();
  expect(idsOf(calls)).toEqual(["a", "a"]);
  loads.add("a", true);
  loads.end();
  await calls[1]?.answer();
  tick();
  expect(idsOf(calls)).toEqual(["a", "a"]);
});
