import { same, thrownBy } from "../database/checks.ts";
import { type BindingCase, type Mounted, rowOf } from "./binding-harness.ts";

const facts = ({ shown }: Mounted): unknown => {
  const { data, hasMore, total, isLoadingMore } = shown();
  return { data, hasMore, total, isLoadingMore };
};

/** Windows: their facts, and how they grow. */
export const windowCases: readonly BindingCase[] = [
  {
    title: "A window says whether and how far it goes on, and grows in one step",
    run: async ({ network, mount }) => {
      const window = await mount("window", { orderBy: { id: "asc" }, limit: 1, total: true });
      network.socket.greet();
      network.socket.snapshot([rowOf(1)], { hasMore: true, total: 2 });
      await window.settle();
      same(facts(window), { data: [rowOf(1)], hasMore: true, total: 2, isLoadingMore: false });
      const more = window.call.loadMore?.();
      await window.settle();
      same(facts(window), { data: [rowOf(1)], hasMore: true, total: 2, isLoadingMore: true });
      same(network.socket.last("subscribe").query?.limit, 2);
      network.socket.snapshot([rowOf(1), rowOf(2)], { group: 2, hasMore: false, total: 2 });
      await more;
      await window.settle();
      same(facts(window), { data: [rowOf(1), rowOf(2)], hasMore: false, total: 2, isLoadingMore: false });
    },
  },
  {
    title: "A window that may not grow stays as it is, and loadMore says why",
    run: async ({ network, mount }) => {
      const window = await mount("window", { limit: 1 });
      network.socket.greet();
      network.socket.snapshot([rowOf(1)], { hasMore: true });
      await window.settle();
      const thrown = thrownBy(() => window.call.loadMore?.(1_000));
      await window.settle();
      const { id } = network.socket.last("subscribe");
      network.socket.say({ type: "error", id, code: "limit_exceeded", status: 403, title: "No." });
      same(((await thrown) as { code?: string }).code, "limit_exceeded");
      await window.settle();
      const { data, hasMore, isLoadingMore, status } = window.shown();
      same([data, hasMore, isLoadingMore, status], [[rowOf(1)], true, false, "success"]);
    },
  },
  {
    title: "A growth that another query has overtaken, or an unmount, ends quietly",
    run: async ({ network, mount }) => {
      const window = await mount("window", { limit: 1 });
      network.socket.greet();
      network.socket.snapshot([rowOf(1)], { hasMore: true });
      await window.settle();
      const overtaken = window.call.loadMore?.();
      await window.settle();
      await window.set({ limit: 1, search: "b" });
      await overtaken;
      same([window.shown().data, window.shown().isLoadingMore], [[], false]);
      network.socket.snapshot([rowOf(2)], { group: 3, hasMore: true });
      await window.settle();
      const left = window.call.loadMore?.();
      await window.unmount();
      await left;
    },
  },
];
