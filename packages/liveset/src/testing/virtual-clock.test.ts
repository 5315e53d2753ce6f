import { expect, test } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";

test("timers end in order of time, then of setting, each at its own time", () => {
  const clock = new VirtualClock(0);
  const seen: [string, number][] = [];
  const note = (name: string) => () => void seen.push([name, clock.now()]);
  clock.after(20, note("late"));
  clock.after(10, note("first"));
  clock.after(10, note("second"));
  expect(clock.next).toBe(10);
  clock.advance(15);
  expect(seen).toEqual([
    ["first", 10],
    ["second", 10],
  ]);
  expect(clock.now()).toBe(15);
  clock.advance(5);
  expect(seen.at(-1)).toEqual(["late", 20]);
  expect(clock.next).toBeNull();
});

test("a cancelled timer never ends, and one set by another ends in the same move", () => {
  const clock = new VirtualClock(0);
  const seen: number[] = [];
  const cancel = clock.after(5, () => seen.push(-1));
  clock.after(1, () => {
    cancel();
    clock.after(2, () => seen.push(clock.now()));
  });
  clock.advance(10);
  expect(seen).toEqual([3]);
  expect(clock.pending).toBe(0);
});
