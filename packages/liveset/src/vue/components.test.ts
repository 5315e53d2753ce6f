// @vitest-environment happy-dom
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Component, createApp, effectScope, h, KeepAlive, nextTick, ref, Suspense } from "vue";
import { type Rig, rig, task } from "../client/fake-network.fixture.ts";
import { createLiveset, useLiveList, useLiveWindow } from "./index.ts";

let r: Rig;
beforeEach(() => {
  r = rig();
});

function mount(render: () => ReturnType<typeof h>): HTMLElement {
  const root = document.createElement("div");
  const app = createApp({ render }).use(createLiveset(r.client));
  app.mount(root);
  onTestFinished(() => app.unmount());
  return root;
}

/** Runs a composable outside of a component, until the test ends. */
function inScope<T>(use: () => T): T {
  const scope = effectScope();
  onTestFinished(() => scope.stop());
  return scope.run(use) as T;
}

describe("below Suspense", () => {
  const awaited: Component = {
    async setup() {
      const { data, error } = await useLiveList(r.client.tasks);
      return () => h("p", error.value?.code ?? data.value.map(({ text }) => text).join());
    },
  };
  const page = () =>
    mount(() => h(Suspense, null, { default: () => h(awaited), fallback: () => h("i", "wait") }));

  test("an awaited list shows the fallback until it has an answer, and is live from then on", async () => {
    const root = page();
    expect(root.innerHTML).toBe("<i>wait</i>");
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    await expect.poll(() => root.innerHTML).toBe("<p>task 1</p>");
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", enter: [task(2)] },
      { type: "commit", cursor: "2" },
    );
    await nextTick();
    expect(root.innerHTML).toBe("<p>task 1,task 2</p>");
  });

  test("one that is refused comes as well, with its error", async () => {
    const root = page();
    r.socket.greet();
    r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" });
    await expect.poll(() => root.innerHTML).toBe("<p>forbidden</p>");
  });

  test("what is awaited or spread is the plain result, which ends the awaiting", async () => {
    const window = inScope(() => useLiveWindow(r.client.tasks, null));
    expect("then" in { ...window }).toBe(false);
    const plain = await window;
    expect("then" in plain).toBe(false);
    expect(plain.loadMore).toBe(window.loadMore);
    expect(plain.data).toBe(window.data);
  });

  test("awaiting outlasts a query that another one has overtaken", async () => {
    const search = ref("a");
    const list = inScope(() => useLiveList(r.client.tasks, () => ({ search: search.value })));
    let isThere = false;
    const awaiting = Promise.resolve(list).then(() => {
      isThere = true;
    });
    r.socket.greet();
    search.value = "b";
    await nextTick();
    await nextTick();
    expect(isThere).toBe(false);
    r.socket.snapshot([task(1)], { group: 2 });
    await awaiting;
    expect(list.data.value).toEqual([task(1)]);
  });
});

describe("below KeepAlive", () => {
  const search = ref("a");
  const kept: Component = {
    setup() {
      const { data, status, connection, isStale } = useLiveList(r.client.tasks, () => ({
        search: search.value,
      }));
      return () =>
        h(
          "p",
          [data.value.length, status.value, connection.value, isStale.value ? "stale" : "sure"].join(" "),
        );
    },
  };
  const shown = ref(true);
  const page = () => mount(() => h(KeepAlive, null, { default: () => (shown.value ? h(kept) : h("i")) }));
  const toggle = async (to: boolean) => {
    shown.value = to;
    await nextTick();
  };

  beforeEach(() => {
    shown.value = true;
    search.value = "a";
  });

  test("a component that is kept aside has no place on the server, and comes back with its rows, stale, until there are new ones", async () => {
    const root = page();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    await toggle(false);
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
    await toggle(true);
    expect(root.innerHTML).toBe("<p>1 success connecting stale</p>");
    r.socket.snapshot([task(1), task(2)], { group: 2 });
    await nextTick();
    expect(root.innerHTML).toBe("<p>2 success live sure</p>");
  });

  test("one that is away for a moment keeps its subscription", async () => {
    const root = page();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    await toggle(false);
    r.clock.advance(500);
    await toggle(true);
    r.clock.advance(5_000);
    expect([r.socket.all("subscribe").length, r.socket.all("unsubscribe").length]).toEqual([1, 0]);
    expect(root.innerHTML).toBe("<p>1 success live sure</p>");
  });

  test("one whose query changes while it is away asks for that when it comes back, and shows nothing of the one before", async () => {
    const root = page();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    await toggle(false);
    search.value = "b";
    await nextTick();
    expect(r.socket.all("subscribe")).toHaveLength(1);
    await toggle(true);
    expect(r.socket.last("subscribe").query).toEqual({ search: "b" });
    expect(root.innerHTML).toBe("<p>0 pending connecting sure</p>");
  });
});
