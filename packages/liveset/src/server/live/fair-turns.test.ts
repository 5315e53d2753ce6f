import { expect, test } from "vitest";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { FairTurns } from "./fair-turns.ts";

test("work is done in order, and others are let in when it has taken long", async () => {
  const clock = new VirtualClock();
  const turns = new FairTurns(clock);
  const done: string[] = [];
  const work = (name: string, ms: number) => async (): Promise<void> => {
    done.push(name);
    clock.advance(ms);
  };
  const all = [
    turns.take(work("a", 9)),
    turns.take(work("b", 1)),
    turns.take(work("c", 0)),
    turns.take(work("d", 0)),
  ];
  await Promise.all(all.slice(0, 2));
  await expect.poll(() => clock.pending).toBe(1);
  expect(done).toEqual(["a", "b"]);
  clock.advance(0);
  await Promise.all(all);
  expect(done).toEqual(["a", "b", "c", "d"]);
  expect(clock.pending).toBe(0);
});

test("P7: work that fails fails for its owner alone", async () => {
  const turns = new FairTurns(new VirtualClock());
  const failing = turns.take(() => Promise.reject(new Error("no")));
  const next = turns.take(async () => "done");
  await expect(failing).rejects.toThrow("no");
  await expect(next).resolves.toBe("done");
});
