import { expect, test } from "vitest";
import { Mutex } from "./mutex.ts";

test("Holders come one at a time, in the order in which they asked, whatever became of the others", async () => {
  const mutex = new Mutex();
  const order: string[] = [];
  const hold = (name: string, fails = false) =>
    mutex.run(async () => {
      order.push(`${name} in`);
      await Promise.resolve();
      order.push(`${name} out`);
      if (fails) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([hold("a"), hold("b", true), hold("c")]);
  expect(order).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(mutex.held).toBe(false);
});

test("Nobody overtakes between one holder and the next", async () => {
  const mutex = new Mutex();
  const order: number[] = [];
  const first = mutex.run(async () => void order.push(1)).then(() => mutex.run(() => void order.push(3)));
  await Promise.all([first, mutex.run(() => void order.push(2))]);
  expect(order).toEqual([1, 2, 3]);
});
