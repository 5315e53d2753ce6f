import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  computed,
  createApp,
  type EffectScope,
  effectScope,
  isReactive,
  nextTick,
  reactive,
  ref,
  watch,
} from "vue";
import { type Rig, rig, subscribedTo, task } from "../client/fake-network.fixture.ts";
import { LivesetError } from "../core/error/liveset-error.ts";
import {
  createLiveset,
  useClient,
  useConnection,
  useLiveCount,
  useLiveList,
  useLiveOne,
  useLiveWindow,
  useMutate,
} from "./index.ts";

let r: Rig;
let scope: EffectScope;

beforeEach(() => {
  r = rig();
  scope = effectScope();
});
afterEach(() => scope.stop());

/** Runs a composable as a component's setup would. */
function setup<T>(use: () => T): T {
  const app = createApp({}).use(createLiveset(r.client));
  const result = app.runWithContext(() => scope.run(use));
  if (result === undefined) throw new Error("The scope has ended.");
  return result;
}

describe("useLiveWindow", () => {
  test("follows the first rows, grows, and begins anew with another query", async () => {
    const direction = ref<"asc" | "desc">("asc");
    const live = setup(() =>
      useLiveWindow(r.client.tasks, () => ({
        orderBy: { id: direction.value },
        limit: 1,
        total: true,
      })),
    );
    expect([live.hasMore.value, live.total.value]).toEqual([false, undefined]);
    r.socket.greet();
    r.socket.snapshot([task(1)], { hasMore: true, total: 2 });
    expect([live.data.value, live.hasMore.value, live.total.value]).toEqual([[task(1)], true, 2]);
    const more = live.loadMore();
    expect(live.isLoadingMore.value).toBe(true);
    await nextTick();
    r.socket.snapshot([task(1), task(2)], { group: 2, hasMore: false, total: 2 });
    await more;
    expect([live.data.value, live.hasMore.value, live.isLoadingMore.value]).toEqual([
      [task(1), task(2)],
      false,
      false,
    ]);
    direction.value = "desc";
    await nextTick();
    expect(r.socket.last("subscribe").query).toMatchObject({ orderBy: { id: "desc" }, limit: 1 });
    expect([live.data.value, live.total.value]).toEqual([[], undefined]);
  });

  test("is quiet about a growth that another query has overtaken, and off with null", async () => {
    const query = ref<{ limit: number } | null>({ limit: 1 });
    const live = setup(() => useLiveWindow(r.client.tasks, query));
    r.socket.greet();
    r.socket.snapshot([task(1)], { hasMore: true });
    const more = live.loadMore();
    query.value = null;
    await nextTick();
    await expect(more).resolves.toBeUndefined();
    await expect(live.loadMore()).resolves.toBeUndefined();
    expect([live.data.value, live.hasMore.value, live.isLoadingMore.value]).toEqual([[], false, false]);
  });
});

describe("useLiveCount", () => {
  test("follows a number", () => {
    const { data } = setup(() => useLiveCount(r.client.tasks, { where: { done: true } }));
    r.socket.greet();
    r.socket.snapshot([], { total: 3 });
    expect(data.value).toBe(3);
  });
});

describe("useLiveList", () => {
  test("follows a list as refs, with rows that are never deeply reactive", () => {
    const live = setup(() => useLiveList(r.client.tasks));
    expect(live.data.value).toEqual([]);
    expect(live.status.value).toBe("pending");
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    expect(live.data.value).toEqual([task(1), task(2)]);
    expect([live.status.value, live.connection.value, live.isStale.value]).toEqual([
      "success",
      "live",
      false,
    ]);
    const before = live.data.value;
    expect(isReactive(before) || isReactive(before[0])).toBe(false);
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", update: [task(2, "two")] },
      { type: "commit", cursor: "2" },
    );
    expect(live.data.value[0]).toBe(before[0]);
    expect(live.data.value[1]).toEqual(task(2, "two"));
    r.socket.cut();
    expect([live.connection.value, live.isStale.value]).toEqual(["offline", true]);
  });

  test("P4: says how the list was made right again after a lost connection", () => {
    const live = setup(() => useLiveList(r.client.tasks));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(live.recovery.value).toBeNull();
    r.socket.cut();
    r.clock.advance(250);
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(live.recovery.value).toBe("reset");
  });

  test("runs an effect once for each transaction", () => {
    const live = setup(() => useLiveList(r.client.tasks));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    const lengths: number[] = [];
    scope.run(() => watch(live.data, (data) => lengths.push(data.length), { flush: "sync" }));
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", enter: [task(2), task(3)], leave: ["1"] },
      { type: "commit", cursor: "2" },
    );
    r.socket.say({ type: "commit", cursor: "3" });
    expect(lengths).toEqual([2]);
  });

  test("asks anew when its query changes, showing nothing of the one before", async () => {
    const done = ref(false);
    const live = setup(() => useLiveList(r.client.tasks, () => ({ where: { done: done.value } })));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    done.value = true;
    await nextTick();
    expect(r.socket.last("subscribe").query).toEqual({ where: { done: true } });
    expect([live.data.value, live.status.value]).toEqual([[], "pending"]);
    r.socket.snapshot([task(2, "b", true)], { group: 2 });
    expect(live.data.value).toEqual([task(2, "b", true)]);
    r.clock.advance(1_000);
    expect(r.socket.last("unsubscribe").id).toBe("s1");
  });

  test("keeps the data of the query before until the new one has an answer, if asked to", async () => {
    const query = ref<{ search: string } | null>({ search: "a" });
    const live = setup(() => useLiveList(r.client.tasks, query, { keepPrevious: true }));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    query.value = { search: "b" };
    await nextTick();
    expect([live.data.value, live.status.value, live.isStale.value]).toEqual([[task(1)], "pending", true]);
    r.socket.snapshot([], { group: 2 });
    expect([live.data.value, live.status.value, live.isStale.value]).toEqual([[], "success", false]);
    query.value = null;
    await nextTick();
    expect([live.data.value, live.connection.value, live.isStale.value]).toEqual([[], "paused", false]);
  });

  test("asks nothing new for an equal query, and sees a change deep in a reactive one", async () => {
    const other = ref(0);
    const query = reactive({ where: { text: { icontains: "a" } } });
    setup(() => useLiveList(r.client.tasks, () => ({ where: { done: other.value > 5 } })));
    setup(() => useLiveList(r.client.tasks, query));
    r.socket.greet();
    expect(r.socket.all("subscribe")).toHaveLength(2);
    other.value = 1;
    await nextTick();
    expect(r.socket.all("subscribe")).toHaveLength(2);
    query.where.text.icontains = "b";
    await nextTick();
    expect(r.socket.last("subscribe").query).toEqual({ where: { text: { icontains: "b" } } });
  });

  test("with a null query is off, and can be turned on and off", async () => {
    const on = ref(false);
    const live = setup(() => useLiveList(r.client.tasks, () => (on.value ? {} : null)));
    expect([live.data.value, live.status.value, live.connection.value]).toEqual([[], "pending", "paused"]);
    expect(r.sockets).toHaveLength(0);
    on.value = true;
    await nextTick();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(live.data.value).toEqual([task(1)]);
    on.value = false;
    await nextTick();
    expect([live.data.value, live.status.value, live.connection.value]).toEqual([[], "pending", "paused"]);
  });

  test("releases its place when the scope ends", () => {
    const live = setup(() => useLiveList(r.client.tasks));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    scope.stop();
    r.socket.say({ type: "changes", group: 1, cursor: "2", leave: ["1"] }, { type: "commit", cursor: "2" });
    expect(live.data.value).toEqual([task(1)]);
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
  });

  test("shows a refusal and is tried again by refresh", async () => {
    const live = setup(() => useLiveList(r.client.tasks));
    r.socket.greet();
    r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" });
    expect([live.status.value, live.error.value?.code]).toEqual(["error", "forbidden"]);
    const fresh = live.refresh();
    r.socket.snapshot([task(1)]);
    await fresh;
    expect([live.status.value, live.error.value]).toEqual(["success", null]);
  });

  test("follows a resource that is given by a getter", async () => {
    const name = ref<"tasks">("tasks");
    const live = setup(() => useLiveList(() => r.client.resource(name.value), { search: "x" }));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(live.data.value).toHaveLength(1);
  });
});

describe("useLiveOne", () => {
  test("is undefined until it is known, null where it is absent, and off without a key", async () => {
    const key = ref<number | null | undefined>(undefined);
    const live = setup(() => useLiveOne(r.client.tasks, key));
    const title = computed(() => (live.data.value === null ? "gone" : live.data.value?.text));
    expect(title.value).toBeUndefined();
    key.value = 4;
    await nextTick();
    r.socket.greet();
    r.socket.say({ ...subscribedTo(r.socket.last("subscribe")), order: [], rows: [] });
    expect(title.value).toBe("gone");
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", enter: [task(4)] },
      { type: "commit", cursor: "2" },
    );
    expect(title.value).toBe("task 4");
    key.value = null;
    await nextTick();
    expect([live.data.value, live.connection.value]).toEqual([undefined, "paused"]);
  });
});

describe("useMutate", () => {
  test("shows that a call is under way and what became of it, and never rejects", async () => {
    const { mutate, pending, error, reset } = setup(() => useMutate(r.client.tasks.patch));
    const good = mutate(1, { done: true });
    const bad = mutate(2, { done: true });
    expect(pending.value).toBe(true);
    r.socket.greet();
    r.socket.say({ type: "error", id: "r2", code: "conflict", status: 409, title: "" });
    expect(await bad).toBeUndefined();
    expect([pending.value, error.value?.code]).toEqual([true, "conflict"]);
    r.socket.say({ type: "response", id: "r1", status: 200, data: task(1) });
    expect(await good).toEqual(task(1));
    expect([pending.value, error.value?.code]).toEqual([false, "conflict"]);
    reset();
    expect(error.value).toBeNull();
  });

  test("takes any function, and makes any failure a typed error", async () => {
    const write = vi.fn(async (_: string) => {
      throw new TypeError("mine");
    });
    const { mutate, error } = setup(() => useMutate(write));
    await mutate("x");
    expect(write).toHaveBeenCalledWith("x");
    expect(error.value).toBeInstanceOf(LivesetError);
    expect(error.value?.cause).toEqual(new TypeError("mine"));
  });
});

describe("the application", () => {
  test("gives its client to components", () => {
    expect(setup(() => useClient())).toBe(r.client);
    expect(() => scope.run(() => createApp({}).runWithContext(() => useClient()))).toThrow("createLiveset");
  });

  test("shows how it is connected", () => {
    const { connection, since, error, reconnect } = setup(() => useConnection());
    expect(connection.value).toBe("paused");
    reconnect();
    expect(connection.value).toBe("connecting");
    r.clock.advance(5);
    r.socket.greet();
    expect([connection.value, since.value]).toEqual(["live", r.clock.now()]);
    r.socket.cut(4401);
    expect([connection.value, error.value?.code]).toEqual(["offline", "session_expired"]);
  });
});
