import { same } from "../database/checks.ts";
import type { FakeNetwork } from "../fake-network.ts";
import { type BindingCase, rowOf } from "./binding-harness.ts";

const asks = (network: FakeNetwork): number =>
  network.sockets.flatMap((each) => each.all("subscribe")).length;

/** What happens when a component asks for something else, or for nothing. */
export const argumentCases: readonly BindingCase[] = [
  {
    title: "A null query is off: no subscription, pending and paused; it can be turned on and off",
    run: async ({ network, mount }) => {
      const list = await mount("list", null);
      const shown = (): unknown => [list.shown().data, list.shown().status, list.shown().connection];
      same([shown(), network.sockets.length], [[[], "pending", "paused"], 0]);
      await list.set({ search: "a" });
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      await list.settle();
      same(shown(), [[rowOf(1)], "success", "live"]);
      await list.set(null);
      same(shown(), [[], "pending", "paused"]);
    },
  },
  {
    title: "A null key is off, and another key is another row",
    run: async ({ network, mount }) => {
      const one = await mount("one", null);
      same(
        [typeof one.shown().data, one.shown().connection, network.sockets.length],
        ["undefined", "paused", 0],
      );
      await one.set(1);
      network.socket.greet();
      network.socket.snapshot([rowOf(1)], { order: [] });
      await one.settle();
      same(one.shown().data, rowOf(1));
      await one.set(2);
      same([network.socket.last("subscribe").key, typeof one.shown().data], [2, "undefined"]);
      network.socket.snapshot([rowOf(2)], { order: [], group: 2 });
      await one.settle();
      same(one.shown().data, rowOf(2));
    },
  },
  {
    title: "An equal query that is made anew changes nothing",
    run: async ({ network, mount, binding }) => {
      const list = await mount("list", { where: { done: false } });
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      await list.settle();
      const [before, renders] = [list.shown().data, list.renders()];
      await list.set({ where: { done: false } });
      await list.settle();
      same([asks(network), list.shown().data === before], [1, true]);
      same(list.renders() - renders, binding.setRenders ? 1 : 0, "renders");
    },
  },
  {
    title:
      "Another query takes the place of the one before, of which nothing is shown, and which is let go of",
    run: async ({ network, mount }) => {
      const list = await mount("list", { search: "a" });
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      await list.settle();
      await list.set({ search: "b" });
      same(network.socket.last("subscribe").query, { search: "b" });
      same([list.shown().data, list.shown().status, list.shown().updatedAt], [[], "pending", null]);
      network.socket.snapshot([rowOf(2)], { group: 2 });
      await list.settle();
      same(list.shown().data, [rowOf(2)]);
      network.clock.advance(1_000);
      same([network.socket.all("unsubscribe").length, asks(network)], [1, 2]);
    },
  },
  {
    title: "What comes for the query before is not shown any more",
    run: async ({ network, mount }) => {
      const list = await mount("list", { search: "a" });
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      await list.set({ search: "b" });
      network.socket.snapshot([rowOf(2)], { group: 2 });
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", enter: [rowOf(3)] },
        { type: "commit", cursor: "2" },
      );
      await list.settle();
      same(list.shown().data, [rowOf(2)]);
    },
  },
  {
    title: "With keepPrevious the rows of the query before stay, as stale, until the new one has an answer",
    run: async ({ network, mount }) => {
      const list = await mount("list", { search: "a" }, { keepPrevious: true });
      const shown = (): unknown => [list.shown().data, list.shown().status, list.shown().isStale];
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      await list.settle();
      await list.set({ search: "b" });
      await list.set({ search: "c" });
      same(shown(), [[rowOf(1)], "pending", true]);
      network.socket.snapshot([], { group: 2 });
      await list.settle();
      same(shown(), [[], "success", false]);
      await list.set(null);
      same([list.shown().data, list.shown().connection], [[], "paused"]);
    },
  },
  {
    title: "Two components with one query share a subscription, as do two that ask one after the other",
    run: async ({ network, mount }) => {
      const query = { where: { done: false }, orderBy: { id: "asc" } };
      const first = await mount("list", query);
      const second = await mount("list", { orderBy: { id: "asc" }, where: { done: false } });
      network.socket.greet();
      same(asks(network), 1);
      network.socket.snapshot([rowOf(1)]);
      await first.settle();
      await second.settle();
      same([first.shown().data, second.shown().data], [[rowOf(1)], [rowOf(1)]]);
      await first.unmount();
      await second.unmount();
      network.clock.advance(100);
      const third = await mount("list", query);
      same([third.shown().data, third.shown().connection, asks(network)], [[rowOf(1)], "live", 1]);
      network.clock.advance(2_000);
      same(network.socket.all("unsubscribe"), []);
    },
  },
  {
    title: "An unmounted component gives its subscription up after a while, and is not rendered again",
    run: async ({ network, mount }) => {
      const list = await mount("list");
      network.socket.greet();
      network.socket.snapshot([rowOf(1)]);
      await list.settle();
      await list.unmount();
      const renders = list.renders();
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", leave: ["1"] },
        { type: "commit", cursor: "2" },
      );
      await list.settle();
      same(list.renders(), renders, "renders");
      network.clock.advance(1_000);
      same(network.socket.all("unsubscribe").length, 1);
    },
  },
];
