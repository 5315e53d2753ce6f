import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createStore } from "./create-store.ts";

interface Task {
  readonly id: number;
  readonly text: string;
}

const row = (id: number, text = `task ${id}`): Task => ({ id, text });

describe("rows of a store", () => {
  test("are kept once each, frozen, and stay the same object while they are equal", () => {
    const tasks = createStore().rows<Task>("tasks");
    tasks.put([row(1), row(2)]);
    const first = tasks.get(1);
    const all = tasks.getSnapshot();
    tasks.put([row(1)]);
    expect(tasks.get(1)).toBe(first);
    expect(tasks.getSnapshot()).toBe(all);
    expect(Object.isFrozen(first)).toBe(true);
    tasks.put([row(1, "other")]);
    expect(tasks.get(1)).toEqual(row(1, "other"));
    expect(tasks.get(2)).toBe(all[1]);
    expect(tasks.size).toBe(2);
    tasks.remove([1, 9]);
    expect(tasks.get(1)).toBeUndefined();
    expect(tasks.getSnapshot()).toEqual([row(2)]);
  });

  test("tell once per transaction: a row's watchers, a list's, a resource's", () => {
    const store = createStore();
    const tasks = store.rows<Task>("tasks");
    const list = store.list<Task>("tasks", {
      filter: ({ text }) => text !== "hidden",
      compare: (a, b) => b.id - a.id,
    });
    const [one, two, whole, listed] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    tasks.row(1).subscribe(one);
    tasks.row(2).subscribe(two);
    tasks.subscribe(whole);
    list.subscribe(listed);
    store.transaction(() => {
      tasks.put([row(1), row(3)]);
      tasks.put([row(1, "again"), row(4, "hidden")]);
    });
    expect([one, two, whole, listed].map((call) => call.mock.calls.length)).toEqual([1, 0, 1, 1]);
    expect(list.getSnapshot()).toEqual([row(3), row(1, "again")]);
    tasks.put([row(4, "hidden"), row(5, "hidden")]);
    expect([one, whole, listed].map((call) => call.mock.calls.length)).toEqual([1, 2, 1]);
  });

  test("are told of no more after the end of a subscription or a release, and what listeners throw harms nobody", () => {
    const thrown: unknown[] = [];
    const store = createStore({ onError: (error) => thrown.push(error) });
    const tasks = store.rows<Task>("tasks");
    const after = vi.fn();
    const end = tasks.row(1).subscribe(() => {
      throw new Error("mine");
    });
    tasks.subscribe(after);
    const list = store.list<Task>("tasks");
    tasks.put([row(1)]);
    expect(thrown).toEqual([new Error("mine")]);
    expect(after).toHaveBeenCalledTimes(1);
    end();
    list.release();
    tasks.put([row(1, "x"), row(2)]);
    expect(thrown).toHaveLength(1);
    expect(list.getSnapshot()).toEqual([row(1)]);
    expect(tasks.isWatched(1)).toBe(false);
  });

  test("may have keys of several fields, and others than id", () => {
    const store = createStore();
    const places = store.rows<{ room: string; seat: number; free: boolean }>("places");
    places.keys = ["room", "seat"];
    places.put([{ room: "a,b", seat: 1, free: true }]);
    expect(places.get(["a,b", 1])).toEqual({ room: "a,b", seat: 1, free: true });
    expect(places.get(["a", 1])).toBeUndefined();
  });

  test("a list over them equals filtering and sorting anew, after any transactions", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.array(
            fc.record({ id: fc.integer({ min: 1, max: 12 }), text: fc.constantFrom("a", "b", "c", "gone") }),
            {
              maxLength: 6,
            },
          ),
          { maxLength: 20 },
        ),
        (transactions) => {
          const store = createStore();
          const tasks = store.rows<Task>("tasks");
          const list = store.list<Task>("tasks", {
            filter: ({ text }) => text !== "c",
            compare: (a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
          });
          for (const changes of transactions) {
            const before = list.getSnapshot();
            store.transaction(() => {
              for (const { id, text } of changes)
                text === "gone" ? tasks.remove([id]) : tasks.put([row(id, text)]);
            });
            const expected = tasks
              .getSnapshot()
              .filter(({ text }) => text !== "c")
              .sort((a, b) =>
                a.text === b.text ? (String(a.id) < String(b.id) ? -1 : 1) : a.text < b.text ? -1 : 1,
              );
            expect(list.getSnapshot()).toEqual(expected);
            for (const [i, one] of list.getSnapshot().entries()) expect(one).toBe(expected[i]);
            const same = before.length === expected.length && before.every((one, i) => one === expected[i]);
            expect(list.getSnapshot() === before).toBe(same);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
