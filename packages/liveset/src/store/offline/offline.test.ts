import { describe, expect, onTestFinished, test } from "vitest";
import { type Rig, rig, task } from "../../client/fake-network.fixture.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { createStore, type Store } from "../create-store.ts";
import { TaskServer } from "../task-server.fixture.ts";
import { keepLists } from "./keep-lists.ts";
import { type KeyValueStorage, memoryStorage } from "./key-value-storage.ts";
import type { Tabs } from "./tabs.ts";
import { webStorage } from "./web-storage.ts";
import { WriteQueue } from "./write-queue.ts";

/** A browser: tabs that share a storage, one of which leads. */
class Browser {
  readonly storage: KeyValueStorage = memoryStorage();
  readonly clock = new VirtualClock();
  readonly #waiting: (() => void)[] = [];
  readonly #listeners = new Map<object, (message: unknown) => void>();
  #led = false;

  tabs(): Tabs {
    const self = {};
    return {
      lead: (begin) => {
        let leads = false;
        const turn = (): void => {
          leads = true;
          this.#led = true;
          begin();
        };
        if (this.#led) this.#waiting.push(turn);
        else turn();
        return () => {
          const at = this.#waiting.indexOf(turn);
          if (at >= 0) this.#waiting.splice(at, 1);
          if (!leads) return;
          this.#led = false;
          this.#waiting.shift()?.();
        };
      },
      tell: (message) => {
        const copy = structuredClone(message);
        for (const [other, listener] of this.#listeners)
          if (other !== self) queueMicrotask(() => listener(copy));
      },
      hear: (listener) => {
        this.#listeners.set(self, listener);
        return () => this.#listeners.delete(self);
      },
    };
  }

  /** A page is opened. */
  async open(): Promise<Tab> {
    const queue = new WriteQueue({ storage: this.storage, tabs: this.tabs(), clock: this.clock });
    const store = createStore({ queue });
    const r = rig({ store });
    const all = r.client.tasks.live({ orderBy: { id: "asc" } });
    const tab: Tab = { r, store, queue, client: r.client, tasks: r.client.tasks, all };
    onTestFinished(() => tab.store.dispose());
    await settled();
    return tab;
  }
}

interface Tab {
  readonly r: Rig;
  readonly store: Store;
  readonly queue: WriteQueue;
  readonly client: Rig["client"];
  readonly tasks: Rig["client"]["tasks"];
  readonly all: ReturnType<Rig["client"]["tasks"]["live"]>;
}

async function settled(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

/** A server for one tab's socket. */
function serve(tab: Tab, server: TaskServer): void {
  server.attach(tab.r.socket);
  server.run();
}

async function run(tab: Tab, server: TaskServer): Promise<void> {
  for (let i = 0; i < 8; i++) {
    serve(tab, server);
    await settled();
  }
}

const texts = (tab: Tab): string[] => tab.all.getSnapshot().data.map(({ text }) => text);

function withTasks(): TaskServer {
  const server = new TaskServer();
  server.commit(new Map([1, 2].map((id) => [String(id), task(id)])));
  return server;
}

describe("a write queue", () => {
  test("P6: survives a reload: what was written offline is shown, and sent in order, once", async () => {
    const browser = new Browser();
    const before = await browser.open();
    before.tasks.patch(1, { text: "a" }, { mutation: "m1" }).catch(() => {});
    before.tasks.patch(1, { text: "b" }, { mutation: "m2" }).catch(() => {});
    before.tasks.create({ text: "c" }, { mutation: "m3" }).catch(() => {});
    await settled();
    before.store.dispose();
    before.client.close();

    const after = await browser.open();
    expect(after.store.pending("tasks", 1)).toMatchObject({ op: "patch", mutation: "m2", error: null });
    expect(after.store.pendingWrites).toBe(3);
    const server = withTasks();
    await run(after, server);
    expect(after.r.socket.all("request").map(({ mutation }) => mutation)).toEqual(["m1", "m2", "m3"]);
    expect(texts(after)).toEqual(["b", "task 2", "c"]);
    expect(after.store.pendingWrites).toBe(0);
    expect(await browser.storage.entries("queue/")).toEqual([]);
  });

  test("P6: survives a crash between the sending and the answer: sent again under its id, it is done once", async () => {
    const browser = new Browser();
    const server = withTasks();
    const before = await browser.open();
    before.tasks.create({ text: "once" }, { mutation: "m1" }).catch(() => {});
    await settled();
    server.attach(before.r.socket);
    server.run(0);
    expect(server.applied.has("m1")).toBe(true);
    before.store.dispose();
    before.client.close();

    const after = await browser.open();
    await run(after, server);
    expect(texts(after)).toEqual(["task 1", "task 2", "once"]);
    expect([...server.state.values()].filter(({ text }) => text === "once")).toHaveLength(1);
    expect(await browser.storage.entries("queue/")).toEqual([]);
  });

  test("is one for all tabs: all show what one writes, one sends, and another goes on when that is closed", async () => {
    const browser = new Browser();
    const [first, second] = [await browser.open(), await browser.open()];
    const done = second.tasks.patch(1, { text: "from the second" }, { mutation: "m1" });
    await settled();
    expect(first.store.pending("tasks", 1)).toMatchObject({ op: "patch", mutation: "m1" });
    const server = withTasks();
    await run(first, server);
    expect(await done).toMatchObject({ text: "from the second" });
    expect([first, second].map(({ store }) => store.pending("tasks", 1))).toEqual([null, null]);
    expect(second.r.sockets.flatMap((socket) => socket.all("request"))).toEqual([]);

    first.tasks.patch(2, { text: "left behind" }, { mutation: "m2" }).catch(() => {});
    await settled();
    first.store.dispose();
    first.client.close();
    await settled();
    await run(second, server);
    expect(server.state.get("2")?.text).toBe("left behind");
    expect(second.store.pendingWrites).toBe(0);
  });

  test("a write that is refused is told of per row, in every tab and after a reload, until it is given up or done", async () => {
    const browser = new Browser();
    const [first, second] = [await browser.open(), await browser.open()];
    const server = withTasks();
    const refused = second.tasks.patch(1, { text: "bad" }, { mutation: "m1" });
    await settled();
    await run(first, server);
    await expect(refused).rejects.toMatchObject({ code: "forbidden" });
    for (const { store } of [first, second]) {
      expect(store.pending("tasks", 1)).toMatchObject({ op: "patch", error: { code: "forbidden" } });
    }
    expect(texts(first)).toEqual(["task 1", "task 2"]);

    const third = await browser.open();
    expect(third.store.pending("tasks", 1)).toMatchObject({ error: { code: "forbidden" } });
    third.store.pending("tasks", 1)?.discard();
    await settled();
    expect(await browser.storage.entries("queue/")).toEqual([]);
    expect(third.store.pending("tasks", 1)).toBeNull();
  });

  test("one that fails for the moment keeps its place, and those behind it wait", async () => {
    const browser = new Browser();
    const tab = await browser.open();
    const server = withTasks();
    await run(tab, server);
    void tab.tasks.patch(1, { text: "a" }, { mutation: "m1" });
    void tab.tasks.patch(1, { text: "b" }, { mutation: "m2" });
    await settled();
    const { id } = tab.r.socket.last("request");
    tab.r.socket.say({ type: "error", id, code: "unavailable", status: 503, title: "" });
    await settled();
    expect(tab.r.socket.all("request")).toHaveLength(1);
    expect(texts(tab)).toEqual(["b", "task 2"]);
    browser.clock.advance(1_000);
    await settled();
    expect(tab.r.socket.all("request").map(({ mutation }) => mutation)).toEqual(["m1", "m1"]);
    await run(tab, server);
    expect(server.state.get("1")?.text).toBe("b");
  });

  test("is forgotten at logout, in all tabs", async () => {
    const browser = new Browser();
    const [first, second] = [await browser.open(), await browser.open()];
    first.tasks.patch(1, { text: "a" }).catch(() => {});
    await settled();
    expect(second.store.pendingWrites).toBe(1);
    first.store.reset();
    await settled();
    expect([first, second].map(({ store }) => store.pendingWrites)).toEqual([0, 0]);
    expect(await browser.storage.entries("queue/")).toEqual([]);
  });

  test("a storage that fails loses nothing but the survival, and says so", async () => {
    const errors: unknown[] = [];
    const storage = { ...memoryStorage(), set: () => Promise.reject(new Error("full")) };
    const browser = new Browser();
    const queue = new WriteQueue({ storage, tabs: browser.tabs(), onError: (error) => errors.push(error) });
    const store = createStore({ queue });
    const r = rig({ store });
    const done = r.client.tasks.patch(1, { text: "a" });
    await settled();
    const server = withTasks();
    server.attach(r.socket);
    server.run();
    expect(await done).toMatchObject({ text: "a" });
    expect(errors).toEqual([new Error("full")]);
    store.dispose();
  });
});

describe("kept lists", () => {
  const query = { orderBy: { id: "asc" } } as const;

  test("a page that is opened offline shows its last lists, stale since when, and goes on from there", async () => {
    const storage = memoryStorage();
    const server = withTasks();
    const store = createStore();
    const before = rig({ store });
    const clock = new VirtualClock();
    const kept = await keepLists(before.client, store, {
      storage,
      clock,
      only: ({ action }) => action === "list",
    });
    const list = before.client.tasks.live(query);
    before.client.tasks.liveOne(1);
    server.attach(before.socket);
    server.run();
    const { updatedAt } = list.getSnapshot();
    clock.advance(1_000);
    await settled();
    kept.stop();

    const later = createStore();
    const after = rig({ store: later });
    await keepLists(after.client, later, { storage, clock });
    const shown = after.client.tasks.live(query);
    expect(shown.getSnapshot()).toMatchObject({
      data: [task(1), task(2)],
      status: "success",
      isStale: true,
      updatedAt,
    });
    expect(after.client.tasks.liveOne(1).getSnapshot().data).toBeUndefined();
    expect(later.rows("tasks").get(2)).toEqual(task(2));
    const next = new Map(server.state).set("3", task(3));
    server.commit(next);
    server.attach(after.socket);
    server.run();
    expect(after.socket.all("subscribe")[0]?.since).toEqual({ cursor: "1", plan: "plan" });
    expect(shown.getSnapshot()).toMatchObject({
      connection: "live",
      isStale: false,
      data: [task(1), task(2), task(3)],
    });
  });

  test("are forgotten at logout, and nobody else's are shown", async () => {
    const storage = memoryStorage();
    const store = createStore();
    const r = rig({ store });
    const kept = await keepLists(r.client, store, { storage, name: "user 7" });
    r.client.tasks.live(query);
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    await kept.save();
    const others = createStore();
    const other = rig({ store: others });
    await keepLists(other.client, others, { storage, name: "user 8" });
    expect(other.client.tasks.live(query).getSnapshot().status).toBe("pending");
    await kept.clear();
    expect(await storage.entries("")).toEqual([]);
  });
});

test("a web storage keeps JSON under a prefix, in the order of keys, and bears rubbish", async () => {
  const values = new Map<string, string>([
    ["app/broken", "{"],
    ["other", "1"],
  ]);
  const storage = webStorage(
    {
      get length() {
        return values.size;
      },
      key: (index) => [...values.keys()][index] ?? null,
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => void values.set(key, value),
      removeItem: (key) => void values.delete(key),
    },
    "app/",
  );
  await storage.set("b/2", { x: 1 });
  await storage.set("b/1", [true]);
  expect(await storage.get("b/2")).toEqual({ x: 1 });
  expect(await storage.get("broken")).toBeUndefined();
  expect(await storage.entries("b/")).toEqual([
    ["b/1", [true]],
    ["b/2", { x: 1 }],
  ]);
  await storage.delete("b/1");
  expect([...values.keys()]).toEqual(["app/broken", "other", "app/b/2"]);
});
