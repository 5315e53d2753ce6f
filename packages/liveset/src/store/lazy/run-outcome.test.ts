import { getEventListeners } from "node:events";
import { concat, NEVER, Observable, of, throwError } from "rxjs";
import { describe, expect, test } from "vitest";
import { Departments } from "./departments.fixture.ts";
import type { Outcome } from "./row-effects.ts";
import { runOutcome } from "./run-outcome.ts";

async function* iterable<T>(...values: T[]): AsyncGenerator<T> {
  yield* values;
}

describe("an effect may give a promise, an observable or an async iterable", () => {
  const failure = new Error("no");
  const failing = async function* (): AsyncGenerator<number> {
    yield 1;
    throw failure;
  };

  test.each<[string, () => Outcome<number>, readonly number[]]>([
    ["a promise", () => Promise.resolve(1), [1]],
    ["an observable", () => of(1, 2, 3), [1, 2, 3]],
    ["an async iterable", () => iterable(1, 2, 3), [1, 2, 3]],
    ["nothing at all", () => of(), []],
  ])("%s: all that comes is given, and the last is the result", async (_, start, values) => {
    const seen: number[] = [];
    const { signal } = new AbortController();
    expect(await runOutcome(start, signal, (value) => seen.push(value))).toBe(values.at(-1));
    expect(seen).toEqual(values);
  });

  test.each<[string, () => Outcome<number>]>([
    ["an observable", () => concat(of(1), NEVER)],
    ["an async iterable", () => iterable(1, 2)],
  ])("%s of which one value is enough is not followed any longer", async (_, start) => {
    expect(await runOutcome(start, new AbortController().signal)).toBe(1);
  });

  test.each<[string, () => Outcome<number>]>([
    ["rejects", () => Promise.reject(failure)],
    ["throws at once", () => raise(failure)],
    [
      "is an observable that fails",
      () =>
        concat(
          of(1),
          throwError(() => failure),
        ),
    ],
    ["is an iterable that fails", failing],
  ])("one that %s fails with just that", async (_, start) => {
    await expect(runOutcome(start, new AbortController().signal, () => {})).rejects.toBe(failure);
  });

  test("one that is aborted is released, and its observable is unsubscribed from", async () => {
    const life = new AbortController();
    let subscribed = 0;
    const endless = new Observable<number>(() => {
      subscribed++;
      return () => subscribed--;
    });
    const run = runOutcome(() => endless, life.signal);
    await Promise.resolve();
    expect(subscribed).toBe(1);
    life.abort();
    await expect(run).rejects.toMatchObject({ code: "released" });
    expect(subscribed).toBe(0);
    await expect(runOutcome(() => endless, life.signal)).rejects.toMatchObject({ code: "released" });
    expect(subscribed).toBe(0);
  });

  test("runs leave nothing at the signal that they share", async () => {
    const { signal } = new AbortController();
    for (let n = 0; n < 20; n++) {
      await runOutcome(() => Promise.resolve(n), signal);
      await runOutcome(
        () => of(n),
        signal,
        () => {},
      );
      await runOutcome(() => Promise.reject(failure), signal).catch(() => {});
    }
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

test("rows may come from an observable in portions, each shown as it comes; their signal is aborted with the store", async () => {
  const d = new Departments();
  let signal: AbortSignal | null = null;
  let push: (rows: readonly object[]) => void = () => {};
  const parts = d.store.lazy<{ id: string; name: string }>("parts", {
    defaultRow: (id) => ({ id, name: "" }),
    effects: {
      loadByIds: (_, context) => {
        signal = context.signal;
        return new Observable((subscriber) => {
          push = (rows) => subscriber.next(rows as never);
        });
      },
    },
  });
  expect([parts.read("a"), parts.read("b")]).toMatchObject([{ name: "" }, { name: "" }]);
  d.clock.advance(0);
  await Promise.resolve();
  push([{ id: "a", name: "A" }]);
  expect([parts.read("a").name, parts.read("b").name]).toEqual(["A", ""]);
  push([{ id: "b", name: "B" }]);
  expect(parts.read("b").name).toBe("B");
  expect(signal).toMatchObject({ aborted: false });
  d.store.dispose();
  expect(signal).toMatchObject({ aborted: true });
});

function raise(error: Error): never {
  throw error;
}
