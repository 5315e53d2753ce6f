import { eventually, same } from "../database/checks.ts";
import { fakeNetwork } from "../fake-network.ts";
import { type BindingCase, rowOf } from "./binding-harness.ts";

/** The connection, writes, and pages that a server has rendered. */
export const clientCases: readonly BindingCase[] = [
  {
    title: "The connection is shown, with why it is lost, and can be tried again",
    run: async ({ network, mount }) => {
      const status = await mount("connection");
      same(status.shown().connection, "paused");
      status.call.reconnect?.();
      await status.settle();
      same(status.shown().connection, "connecting");
      network.socket.greet();
      await status.settle();
      same([status.shown().connection, status.shown().error], ["live", null]);
      network.socket.cut(4401);
      await status.settle();
      same([status.shown().connection, status.shown().error?.code], ["offline", "session_expired"]);
    },
  },
  {
    title:
      "A write shows that it is under way and why it failed, never rejects, and its error can be taken away",
    run: async ({ network, mount }) => {
      const write = await mount("mutate");
      same([write.shown().pending, write.shown().error], [false, null]);
      const done = write.call.mutate?.(1, { done: true });
      await write.settle();
      same(write.shown().pending, true);
      network.socket.greet();
      const { id } = network.socket.last("request");
      network.socket.say({ type: "error", id, code: "conflict", status: 409, title: "No." });
      same(await done, undefined);
      await write.settle();
      same([write.shown().pending, write.shown().error?.code], [false, "conflict"]);
      write.call.reset?.();
      await write.settle();
      same([write.shown().pending, write.shown().error], [false, null]);
    },
  },
  {
    title: "Writes that overlap are pending until the last has ended, and a success hides no failure",
    run: async ({ network, mount }) => {
      const write = await mount("mutate");
      const good = write.call.mutate?.(1, { done: true });
      const bad = write.call.mutate?.(2, { done: true });
      network.socket.greet();
      const [first, second] = network.socket.all("request");
      network.socket.say({
        type: "error",
        id: second?.id ?? "",
        code: "conflict",
        status: 409,
        title: "No.",
      });
      await bad;
      await write.settle();
      same([write.shown().pending, write.shown().error?.code], [true, "conflict"]);
      network.socket.say({ type: "response", id: first?.id ?? "", status: 200, data: rowOf(1) });
      same(await good, rowOf(1));
      await write.settle();
      same([write.shown().pending, write.shown().error?.code], [false, "conflict"]);
    },
  },
  {
    title: "A page is rendered with its rows on the server, and taken over without a second snapshot",
    run: async ({ network, binding }) => {
      const { server } = binding;
      if (server === undefined) return;
      const request = { kind: "list", resource: "tasks", query: { orderBy: { id: "asc" } } } as const;
      const behind = fakeNetwork();
      const html = server.render({ ...request, client: behind.client });
      await eventually(() => same(behind.sockets.length, 1));
      behind.socket.greet();
      await eventually(() => same(behind.socket.all("subscribe").length, 1));
      behind.socket.snapshot([rowOf(1), rowOf(2)]);
      const page = await html;
      for (const { text } of [rowOf(1), rowOf(2)]) same(page.includes(text), true, page);
      const state = JSON.stringify(behind.client.dehydrate());
      behind.client.close();
      network.client.hydrate(JSON.parse(state));
      const list = await server.hydrate(page, { ...request, client: network.client });
      same(list.shown().data, [rowOf(1), rowOf(2)]);
      network.socket.greet();
      same(
        network.socket.all("subscribe").map(({ since }) => since?.cursor),
        ["1"],
      );
      network.socket.resume();
      network.socket.say(
        { type: "changes", group: 1, cursor: "2", update: [rowOf(2, "two")] },
        { type: "commit", cursor: "2" },
      );
      await list.settle();
      same([list.shown().data, list.shown().connection], [[rowOf(1), rowOf(2, "two")], "live"]);
      await list.unmount();
    },
  },
];
