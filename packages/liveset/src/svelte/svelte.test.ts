import { flushSync, hydrate, mount, tick, unmount } from "svelte";
import { get } from "svelte/store";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Rig, rig, type Task, task } from "../client/fake-network.fixture.ts";
import { useClient, useLiveList, useLiveOne, useLiveWindow } from "./index.ts";
import Page from "./page.fixture.svelte";
import Probe from "./probe.fixture.svelte";
import { rendered } from "./rendered.fixture.ts";
import Tasks from "./tasks.fixture.svelte";

let r: Rig;

beforeEach(() => {
  r = rig();
});

/** Puts a component on a page; the second of what it gives takes it away. */
function show(component: typeof Probe, props: object): readonly [HTMLElement, () => Promise<void>] {
  const target = document.createElement("div");
  const mounted = mount(component, { target, props });
  flushSync();
  let isMounted = true;
  const end = async (): Promise<void> => {
    if (isMounted) await unmount(mounted);
    isMounted = false;
    await tick();
  };
  onTestFinished(end);
  return [target, end];
}

const textOf = (element: HTMLElement): string => {
  flushSync();
  return element.querySelector("p")?.textContent ?? "";
};

const update = (cursor: string, ...rows: Task[]) =>
  r.socket.say({ type: "changes", group: 1, cursor, update: rows as never }, { type: "commit", cursor });

test("a list is read in templates, in what is derived, and as a store, from one subscription a query", async () => {
  const [page, end] = show(Tasks, { client: r.client, words: null });
  expect(textOf(page)).toBe(" pending connecting 0");
  r.socket.greet();
  expect(r.socket.all("subscribe")).toHaveLength(1);
  r.socket.snapshot([task(1), task(2)]);
  expect(textOf(page)).toBe(" pending live 2");
  await end();
  r.clock.advance(1_000);
  expect(r.socket.all("unsubscribe")).toHaveLength(1);
});

test("rows keep their elements while others change", async () => {
  const [page] = show(Tasks, { client: r.client, words: "a" });
  r.socket.greet();
  const [mine] = r.socket.all("subscribe");
  expect(mine?.query?.search).toBe("a");
  for (const [index, frame] of r.socket.all("subscribe").entries())
    r.socket.say({ ...subscribed(frame.id), group: index + 1, rows: [task(1), task(2)] });
  expect(textOf(page)).toBe("task 1,task 2 success live 2");
  const before = [...page.querySelectorAll("i")];
  update("2", task(2, "two"));
  expect(textOf(page)).toBe("task 1,two success live 2");
  expect([...page.querySelectorAll("i")]).toEqual(before);
});

const subscribed = (id: string) =>
  ({
    type: "subscribed",
    id,
    cursor: "1",
    plan: "plan",
    keys: ["id"],
    order: [{ column: "id", direction: "asc", kind: "integer" }],
    resumed: false,
  }) as const;

test("nothing is asked for until it is read reactively, nor any more when it is not", async () => {
  const list = useLiveList(r.client.tasks);
  expect([list.data, list.status, r.sockets.length]).toEqual([[], "pending", 0]);
  const props = { begin: null, use: () => list, see: () => String(list.data.length) };
  const [first, endFirst] = show(Probe, props);
  const [second, endSecond] = show(Probe, props);
  r.socket.greet();
  expect(r.socket.all("subscribe")).toHaveLength(1);
  r.socket.snapshot([task(1)]);
  expect([textOf(first), textOf(second)]).toEqual(["1", "1"]);
  await endFirst();
  r.clock.advance(1_000);
  expect(r.socket.all("unsubscribe")).toHaveLength(0);
  await endSecond();
  r.clock.advance(1_000);
  expect(r.socket.all("unsubscribe")).toHaveLength(1);
  expect(list.isStale).toBe(true);
});

test("a live result is a store: it calls back at once and after each change, and holds its place in between", () => {
  const one = useLiveOne(r.client.tasks, 1);
  expect(get(one).data).toBeUndefined();
  const seen: unknown[] = [];
  const end = one.subscribe(({ data, status }) => seen.push([data?.text, status]));
  r.socket.greet();
  r.socket.snapshot([task(1)], { order: [] });
  update("2", task(1, "one"));
  end();
  update("3", task(1, "eins"));
  expect(seen).toEqual([
    [undefined, "pending"],
    ["task 1", "success"],
    ["one", "success"],
  ]);
  r.clock.advance(1_000);
  expect(r.socket.all("unsubscribe")).toHaveLength(1);
});

test("a window that nobody reads does not grow", async () => {
  const window = useLiveWindow(r.client.tasks, { limit: 1 });
  await window.loadMore();
  expect([window.isLoadingMore, r.sockets.length]).toEqual([false, 0]);
});

test("a page that a server rendered is taken over as it is, and its list is not sent again", async () => {
  const server = rig();
  server.client.tasks.live({ orderBy: { id: "asc" } });
  server.socket.greet();
  server.socket.snapshot([task(1)]);
  r.client.hydrate(JSON.parse(JSON.stringify(server.client.dehydrate())));
  const target = document.createElement("div");
  target.innerHTML = rendered;
  const first = target.querySelector("li");
  const warned = vi.spyOn(console, "warn");
  const page = hydrate(Page, { target, props: { client: r.client } });
  onTestFinished(() => unmount(page));
  flushSync();
  expect([target.textContent, target.querySelector("li") === first]).toEqual(["task 1", true]);
  r.socket.greet();
  expect(r.socket.last("subscribe").since?.cursor).toBe("1");
  r.socket.resume();
  update("2", task(1, "one"));
  flushSync();
  expect([target.textContent, target.querySelector("li") === first]).toEqual(["one", true]);
  expect(warned).not.toHaveBeenCalled();
});

test("where there is no client it is said", () => {
  expect(() => show(Probe, { begin: null, use: () => useClient(), see: () => "" })).toThrow("setClient");
});
