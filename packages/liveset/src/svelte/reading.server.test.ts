import { render } from "svelte/server";
import { expect, test } from "vitest";
import { rig, task } from "../client/fake-network.fixture.ts";
import { useLiveList } from "./index.ts";
import Page from "./page.fixture.svelte";
import { rendered } from "./rendered.fixture.ts";

test("on a server a list shows what was opened before, and asks for nothing itself", () => {
  const r = rig();
  const list = useLiveList(r.client.tasks, () => ({ search: "a" }));
  expect([list.data, r.sockets.length]).toEqual([[], 0]);
  r.client.tasks.live({ search: "a" });
  r.socket.greet();
  r.socket.snapshot([task(1)]);
  expect([list.data, list.status, r.socket.all("subscribe").length]).toEqual([[task(1)], "success", 1]);
});

test("a server renders a component with the rows that were opened before", () => {
  const r = rig();
  r.client.tasks.live({ orderBy: { id: "asc" } });
  r.socket.greet();
  r.socket.snapshot([task(1)]);
  expect(render(Page, { props: { client: r.client } }).body).toBe(rendered);
});
