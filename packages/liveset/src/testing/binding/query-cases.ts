import { same } from "../database/checks.ts";
import { type BindingCase, rowOf } from "./binding-harness.ts";

/** What a live query shows, from nothing to rows, refusals and lost connections. */
export const queryCases: readonly BindingCase[] = [
  {
    title: "A list is empty and pending first, then has its rows",
    run: async ({ network, mount }) => {
      const list = await mount("list");
      const { data, status, error, isStale, recovery, updatedAt } = list.shown();
      same(
        { data, status, error, isStale, recovery, updatedAt },
        { data: [], status: "pending", error: null, isStale: false, recovery: null, updatedAt: null },
      );
      network.socket.greet();
      network.socket.snapshot([rowOf(1), rowOf(2)]);
      await list.settle();
      const then = list.shown();
      same([then.data, then.status, then.connection], [[rowOf(1), rowOf(2)], "success", "live"]);
      same(then.updatedAt, network.clock.now());
    },
  },
  {
    title: "A list that is empty has an answer",
    run: async ({ network, mount }) => {
      const list = await mount("list");
      network.socket.greet();
      network.socket.snapshot([]);
      await list.settle();
      same([list.shown().data, list.shown().status], [[], "success"]);
    },
  },
  {
    title: "One row is undefined until it is known, null where it is absent, and then the row",
    run: async ({ network, mount }) => {
      const one = await mount("one", 4);
      same([typeof one.shown().data, one.shown().status], ["undefined", "pending"]);
      network.socket.greet();
      network.socket.snapshot([], { order: [] });
      await one.settle();
      same([one.shown().data, one.shown().status], [null, "success"]);
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", enter: [rowOf(4)] },
        { type: "commit", cursor: "2" },
      );
      await one.settle();
      same(one.shown().data, rowOf(4));
    },
  },
  {
    title: "A count is undefined until it is known, then a number that is followed",
    run: async ({ network, mount }) => {
      const count = await mount("count", {});
      same([typeof count.shown().data, count.shown().status], ["undefined", "pending"]);
      network.socket.greet();
      network.socket.snapshot([], { total: 3 });
      await count.settle();
      same(count.shown().data, 3);
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", total: 4 },
        { type: "commit", cursor: "2" },
      );
      await count.settle();
      same(count.shown().data, 4);
    },
  },
  {
    title: "Several changes of one transaction are one render, and a commit without changes is none",
    run: async ({ network, mount }) => {
      const list = await mount("list");
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      await list.settle();
      const before = list.renders();
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", enter: [rowOf(2), rowOf(3)], leave: ["1"] },
        { type: "changes", group: 1, cursor: "2", update: [rowOf(3, "three")] },
        { type: "commit", cursor: "2" },
      );
      await list.settle();
      same([list.shown().data, list.renders() - before], [[rowOf(2), rowOf(3, "three")], 1]);
      network.socket.say({ type: "commit", cursor: "3" });
      await list.settle();
      same(list.renders() - before, 1, "renders after an empty commit");
    },
  },
  {
    title: "A row that did not change is the same object as before",
    run: async ({ network, mount }) => {
      const list = await mount("list");
      network.socket.greet();
      network.socket.snapshot([rowOf(1), rowOf(2)]);
      await list.settle();
      const before = list.shown().data as object[];
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", update: [rowOf(2, "two")] },
        { type: "commit", cursor: "2" },
      );
      await list.settle();
      const after = list.shown().data as object[];
      same([after[0] === before[0], after[1] === before[1]], [true, false]);
    },
  },
  {
    title: "A refused query shows why, and is tried again by refresh",
    run: async ({ network, mount }) => {
      const list = await mount("list");
      network.socket.greet();
      const { id } = network.socket.last("subscribe");
      network.socket.say({ type: "error", id, code: "forbidden", status: 403, title: "No." });
      await list.settle();
      const refused = list.shown();
      same([refused.data, refused.status, refused.error?.code], [[], "error", "forbidden"]);
      const fresh = list.call.refresh?.();
      network.socket.snapshot([rowOf(1)], { group: 2 });
      await fresh;
      await list.settle();
      const then = list.shown();
      same([then.data, then.status, then.error], [[rowOf(1)], "success", null]);
    },
  },
  {
    title: "A lost connection leaves the rows, as stale, and recovery says how they were made right again",
    run: async ({ network, mount }) => {
      const list = await mount("list");
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      network.socket.cut();
      await list.settle();
      const offline = list.shown();
      same(
        [offline.data, offline.status, offline.connection, offline.isStale, offline.recovery],
        [[rowOf(1)], "success", "offline", true, null],
      );
      network.clock.advance(250);
      network.socket.greet();
      const frame = network.socket.last("subscribe");
      same(frame.since?.cursor, "1");
      network.socket.resume();
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", enter: [rowOf(2)] },
        { type: "commit", cursor: "2" },
      );
      await list.settle();
      const then = list.shown();
      same(
        [then.data, then.connection, then.isStale, then.recovery],
        [[rowOf(1), rowOf(2)], "live", false, "resumed"],
      );
    },
  },
];
