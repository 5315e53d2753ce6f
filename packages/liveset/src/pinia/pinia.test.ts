// @vitest-environment happy-dom
import { createPinia, mapStores, type Pinia, setActivePinia, storeToRefs } from "pinia";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type App, createApp, createSSRApp, h, isReactive, nextTick, ref, watchEffect } from "vue";
import { renderToString } from "vue/server-renderer";
import type { Client } from "../client/client.ts";
import { type Rig, rig, type TestApi, task } from "../client/fake-network.fixture.ts";
import { eventually } from "../testing/database/checks.ts";
import { createLiveset } from "../vue/index.ts";
import { defineLiveStore } from "./index.ts";

const useTasks = defineLiveStore("tasks", (client: Client<TestApi>) => client.tasks, {
  query: { orderBy: { id: "asc" } },
});

let r: Rig;
let pinia: Pinia;
let app: App;

beforeEach(() => {
  r = rig();
  pinia = createPinia();
  app = createApp({}).use(createLiveset(r.client)).use(pinia);
  setActivePinia(pinia);
});
afterEach(() => r.client.close());

describe("a live store", () => {
  test("has the list as state that storeToRefs and pinia.state show, with rows that are never deeply reactive", () => {
    const store = useTasks();
    const { data, status, connection, byId } = storeToRefs(store);
    expect([data.value, status.value, store.status]).toEqual([[], "pending", "pending"]);
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    expect([data.value, status.value, connection.value]).toEqual([[task(1), task(2)], "success", "live"]);
    expect(pinia.state.value.tasks).toMatchObject({ data: [task(1), task(2)], status: "success" });
    expect(byId.value(2)).toBe(data.value[1]);
    expect([store.byId(2)?.text, store.byId(3)]).toEqual(["task 2", undefined]);
    expect(isReactive(store.data) || isReactive(store.data[0])).toBe(false);
    const [first] = store.data;
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", update: [task(2, "two")] },
      { type: "commit", cursor: "2" },
    );
    expect([store.data[0] === first, store.byId(2)?.text]).toEqual([true, "two"]);
  });

  test("is one list for all its users, and lets go when it is disposed of", () => {
    const store = useTasks();
    expect(useTasks()).toBe(store);
    expect([useTasks.$id, mapStores(useTasks).tasksStore.call({ $pinia: pinia })]).toEqual(["tasks", store]);
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(r.socket.all("subscribe")).toHaveLength(1);
    store.$dispose();
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
  });

  test("outlives the component that used it first", async () => {
    const component = { setup: () => void useTasks(), render: () => h("p") };
    const shown = ref(true);
    const page = createApp({ render: () => (shown.value ? h(component) : null) });
    page.use(createLiveset(r.client)).use(pinia).mount(document.createElement("div"));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    shown.value = false;
    await nextTick();
    r.clock.advance(5_000);
    expect(r.socket.all("unsubscribe")).toEqual([]);
    expect(useTasks().connection).toBe("live");
    page.unmount();
  });

  test("tells $subscribe, and so devtools, once for each transaction", async () => {
    const store = useTasks();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    await nextTick();
    const lengths: number[] = [];
    store.$subscribe((_, state) => lengths.push(state.data.length));
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", enter: [task(2), task(3)] },
      { type: "commit", cursor: "2" },
    );
    await nextTick();
    r.socket.say({ type: "commit", cursor: "3" });
    await nextTick();
    expect(lengths).toEqual([3]);
  });

  test("writes by actions, which $onAction hears of, and fails as they do", async () => {
    const store = useTasks();
    const heard: unknown[] = [];
    store.$onAction(({ name, args, onError }) => {
      heard.push([name, args]);
      onError((error) => heard.push((error as { code: string }).code));
    });
    r.socket.greet();
    const write = store.patch(1, { done: true });
    r.socket.say({ type: "error", id: "r1", code: "conflict", status: 409, title: "" });
    await expect(write).rejects.toMatchObject({ code: "conflict" });
    const gone = store.delete(1);
    r.socket.say({ type: "response", id: "r2", status: 204, data: null });
    await expect(gone).resolves.toBeUndefined();
    expect(heard).toEqual([["patch", [1, { done: true }]], "conflict", ["delete", [1]]]);
  });

  test("follows a query that changes, keeps the rows of the one before if asked to, and is off with null", async () => {
    const query = ref<{ search: string } | null>({ search: "a" });
    const useFound = defineLiveStore("found", (client: Client<TestApi>) => client.tasks, {
      query,
      keepPrevious: true,
    });
    const store = useFound();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    query.value = { search: "b" };
    await nextTick();
    expect([store.data, store.status, store.isStale]).toEqual([[task(1)], "pending", true]);
    r.socket.snapshot([], { group: 2 });
    expect([store.data, store.status, store.isStale]).toEqual([[], "success", false]);
    query.value = null;
    await nextTick();
    expect(store.connection).toBe("paused");
    await store.ready();
  });

  test("shows a refusal; ready waits for it, and refresh tries again", async () => {
    const store = useTasks();
    const ready = store.ready();
    r.socket.greet();
    r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" });
    await ready;
    expect([store.status, store.error?.code]).toEqual(["error", "forbidden"]);
    const fresh = store.refresh();
    r.socket.snapshot([task(1)]);
    await fresh;
    expect([store.status, store.error]).toEqual(["success", null]);
  });

  test("needs the application's client, and says so", () => {
    const other = createPinia();
    createApp({}).use(other);
    expect(() => useTasks(other)).toThrow("createLiveset");
    expect(app.version).toMatch(/^3/);
  });
});

describe("a page that a server has rendered", () => {
  const list = {
    setup() {
      const store = useTasks();
      return () =>
        h(
          "ul",
          { class: [store.status, store.connection] },
          store.data.map(({ id, text }) => h("li", { key: id }, text)),
        );
    },
  };
  const page = (client: Rig["client"], state?: object) => {
    const own = createPinia();
    if (state !== undefined) own.state.value = state as typeof own.state.value;
    const made = createSSRApp({ render: () => h("main", [h(list), h(list)]) });
    made.config.warnHandler = (warning) => {
      throw new Error(warning);
    };
    return { made: made.use(createLiveset(client)).use(own), own };
  };

  test("is taken over by the state of Pinia alone, without a second snapshot", async () => {
    const behind = rig();
    const server = page(behind.client);
    const rendered = renderToString(server.made);
    await eventually(() => behind.socket.greet());
    behind.socket.snapshot([task(1), task(2)]);
    const html = await rendered;
    expect(html.match(/task 2/g)).toHaveLength(2);
    const state = JSON.stringify(server.own.state.value);
    expect(state.match(/task 2/g)).toHaveLength(1);
    behind.client.close();

    const browser = page(r.client, JSON.parse(state));
    const root = document.createElement("div");
    root.innerHTML = html;
    browser.made.mount(root);
    const store = useTasks(browser.own);
    const shown: string[] = [];
    watchEffect(() => shown.push(`${store.data.length} ${store.connection}`), { flush: "sync" });
    r.socket.greet();
    expect(r.socket.all("subscribe").map(({ since }) => since?.cursor)).toEqual(["1"]);
    r.socket.resume();
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", enter: [task(3)] },
      { type: "commit", cursor: "2" },
    );
    await nextTick();
    expect(root.textContent).toBe("task 1task 2task 3task 1task 2task 3");
    expect([shown[0], shown.at(-1)]).toEqual(["2 connecting", "3 live"]);
    browser.made.unmount();
  });
});
