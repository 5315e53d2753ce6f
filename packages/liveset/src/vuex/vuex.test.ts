import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { computed, nextTick } from "vue";
import { type Rig, rig, task } from "../client/fake-network.fixture.ts";
import { createLiveModule, createSocketModule, type LoadQuery } from "./index.ts";
import { namesOf } from "./names.ts";

// Vuex 4 has no types for `import` beside its `exports`.
const { createStore } = createRequire(import.meta.url)("vuex") as typeof import("vuex");

interface RootState {
  readonly socket: { readonly connected: boolean; readonly error: string; readonly client: unknown };
  readonly tasks: { readonly taskData: readonly object[] };
}

let r: Rig;
let committed: [string, unknown][];
let notified: unknown[];

beforeEach(() => {
  r = rig();
  committed = [];
  notified = [];
});
afterEach(() => r.client.close());

/** A strict store with both modules. */
function store(namespaced = false) {
  const made = createStore<RootState>({
    strict: true,
    modules: {
      socket: createSocketModule(() => r.client),
      tasks: { ...createLiveModule<ReturnType<typeof task>>("tasks"), namespaced },
    },
    mutations: { NEW_NOTIFICATION: (_, errors: unknown) => notified.push(errors) },
  });
  made.subscribe(({ type, payload }) => committed.push([type, payload]));
  return made;
}

const of = (type: string) => committed.filter(([name]) => name === type).map(([, payload]) => payload);

/** A store whose tasks are loaded. */
async function loaded(query?: LoadQuery) {
  const made = store();
  await made.dispatch("setup");
  const done = made.dispatch("loadTasks", query);
  r.socket.greet();
  r.socket.snapshot([task(1), task(2)]);
  await done;
  return made;
}

describe("names", () => {
  test.each([
    ["patients", "patientData UPDATE_PATIENT_DATA loadPatients leavePatients getPatientById"],
    ["stockItems", "stockItemData UPDATE_STOCK_ITEM_DATA loadStockItems leaveStockItems getStockItemById"],
    ["stock-items", "stockItemData UPDATE_STOCK_ITEM_DATA loadStockItems leaveStockItems getStockItemById"],
    ["categories", "categoryData UPDATE_CATEGORY_DATA loadCategories leaveCategories getCategoryById"],
    ["boxes", "boxData UPDATE_BOX_DATA loadBoxes leaveBoxes getBoxById"],
    ["houses", "houseData UPDATE_HOUSE_DATA loadHouses leaveHouses getHouseById"],
    ["staff", "staffData UPDATE_STAFF_DATA loadStaff leaveStaff getStaffById"],
    ["address", "addressData UPDATE_ADDRESS_DATA loadAddress leaveAddress getAddressById"],
  ])("of %s", (resource, names) => {
    expect(Object.values(namesOf(resource)).join(" ")).toBe(names);
  });

  test("of a word that is no regular plural are made with its singular", () => {
    const { getters } = createLiveModule("people", { singular: "person" });
    expect(Object.keys(getters)).toEqual(["personData", "getPersonById"]);
    expect(createLiveModule("movies", { singular: "movie" }).state()).toEqual({ movieData: [] });
  });
});

describe("the socket module", () => {
  test("connects at setup, once, and says whether the server is there and why not", async () => {
    const made = store();
    expect(made.state.socket).toEqual({ connected: false, error: "", client: null });
    await made.dispatch("setup");
    await made.dispatch("setup");
    expect([r.sockets.length, of("SET_CLIENT").length]).toEqual([1, 1]);
    expect(made.state.socket.client).toBe(r.client);
    r.socket.greet();
    expect([made.state.socket.connected, of("CONNECTED")]).toEqual([true, [true]]);
    r.socket.cut(4401);
    expect(made.state.socket.connected).toBe(false);
    expect(made.state.socket.error).toMatch(/session/i);
    await made.dispatch("reconnect");
    r.socket.greet();
    expect(made.state.socket).toMatchObject({ connected: true, error: "" });
  });

  test("disconnects for good, and says so", async () => {
    const made = await loaded();
    await made.dispatch("disconnect");
    expect(made.state.socket).toEqual({ connected: false, error: "", client: null });
    expect([r.socket.closedWith, notified]).toEqual([1000, []]);
    expect(made.state.tasks.taskData).toHaveLength(2);
  });
});

describe("a live module", () => {
  test("has what the tutorial has: rows by a mutation, and getters that components follow", async () => {
    const made = await loaded({ orderBy: { id: "asc" } });
    expect(r.socket.last("subscribe")).toMatchObject({
      resource: "tasks",
      query: { orderBy: { id: "asc" } },
    });
    expect(made.state.tasks.taskData).toEqual([task(1), task(2)]);
    expect(made.getters.taskData).toBe(made.state.tasks.taskData);
    expect(made.getters.getTaskById(2)).toEqual(task(2));
    expect(made.getters.getTaskById(3)).toBeUndefined();
    const texts = computed(() => made.state.tasks.taskData.map((row) => (row as { text: string }).text));
    expect(texts.value).toEqual(["task 1", "task 2"]);
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", update: [task(2, "two")] },
      { type: "commit", cursor: "2" },
    );
    expect(texts.value).toEqual(["task 1", "two"]);
  });

  test("commits once for each transaction that concerns it, in a strict store, and keeps rows that did not change", async () => {
    const made = await loaded();
    const [first] = made.state.tasks.taskData;
    committed = [];
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", enter: [task(3), task(4)], leave: ["2"] },
      { type: "changes", group: 1, cursor: "2", update: [task(4, "four")] },
      { type: "commit", cursor: "2" },
      { type: "commit", cursor: "3" },
    );
    await nextTick();
    expect(committed).toEqual([["UPDATE_TASK_DATA", [task(1), task(3), task(4, "four")]]]);
    expect(made.state.tasks.taskData[0]).toBe(first);
    expect(() => (made.state.tasks.taskData as object[]).push(task(9))).toThrow(TypeError);
  });

  test("works in a namespace too", async () => {
    const made = store(true);
    await made.dispatch("setup");
    const done = made.dispatch("tasks/loadTasks");
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    await done;
    expect(made.getters["tasks/getTaskById"](1)).toEqual(task(1));
  });

  test("commits a refusal to NEW_NOTIFICATION as sentences, takes the rows away, and tries again when it is loaded again", async () => {
    const made = await loaded();
    const { id } = r.socket.last("subscribe");
    const errors = [{ path: ["where"], code: "unknown", message: "No such field." }];
    r.socket.say({ type: "error", id, code: "invalid", status: 400, title: "Invalid.", errors });
    expect([notified, made.state.tasks.taskData]).toEqual([[["No such field."]], []]);
    const again = made.dispatch("loadTasks");
    r.socket.snapshot([task(1)], { group: 2 });
    await again;
    expect([notified.length, made.state.tasks.taskData]).toEqual([1, [task(1)]]);
    const { id: second } = r.socket.last("subscribe");
    r.socket.say({ type: "error", id: second, code: "forbidden", status: 403, title: "You may not." });
    expect(notified[1]).toEqual([expect.stringMatching(/\S/)]);
  });

  test("a load that is refused resolves, as the tutorial's does", async () => {
    const made = store();
    await made.dispatch("setup");
    const done = made.dispatch("loadTasks");
    r.socket.greet();
    const { id } = r.socket.last("subscribe");
    r.socket.say({ type: "error", id, code: "forbidden", status: 403, title: "You may not." });
    await done;
    expect(notified).toHaveLength(1);
  });

  test("rows of an earlier visit stay until there are others", async () => {
    const made = store();
    made.replaceState({ ...made.state, tasks: { taskData: [task(7)] } });
    await made.dispatch("setup");
    const done = made.dispatch("loadTasks");
    expect(made.state.tasks.taskData).toEqual([task(7)]);
    r.socket.cut();
    expect(made.state.tasks.taskData).toEqual([task(7)]);
    r.clock.advance(1_000);
    r.socket.greet();
    r.socket.snapshot([]);
    await done;
    expect(made.state.tasks.taskData).toEqual([]);
  });

  test("another query takes the place of the one before, whose rows stay until it has an answer", async () => {
    const made = await loaded();
    const done = made.dispatch("loadTasks", { where: { done: true } });
    expect(made.state.tasks.taskData).toHaveLength(2);
    r.socket.snapshot([task(3, "c", true)], { group: 2 });
    await done;
    expect(made.state.tasks.taskData).toEqual([task(3, "c", true)]);
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
  });

  test("leaving ends the subscription and keeps the rows; loading again goes on", async () => {
    const made = await loaded();
    await made.dispatch("leaveTasks");
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
    expect(made.state.tasks.taskData).toHaveLength(2);
    const done = made.dispatch("loadTasks");
    r.socket.snapshot([task(5)], { group: 2 });
    await done;
    expect(made.state.tasks.taskData).toEqual([task(5)]);
  });

  test("asks with the params of its options", async () => {
    const made = createStore<RootState>({
      modules: {
        socket: createSocketModule(() => r.client),
        tasks: createLiveModule("tasks", { params: { list: 3 } }),
      },
    });
    await made.dispatch("setup");
    void made.dispatch("loadTasks");
    r.socket.greet();
    expect(r.socket.last("subscribe").params).toEqual({ list: 3 });
  });

  test("needs the client of the socket module, and says how to get it", async () => {
    await expect(store().dispatch("loadTasks")).rejects.toThrow(
      'There is no client: dispatch "setup" of socket first.',
    );
  });

  test("one module in two stores has two lists", async () => {
    const module = createLiveModule("tasks");
    const stores = [rig(), rig()].map((each) => ({
      each,
      made: createStore<RootState>({
        modules: { socket: createSocketModule(() => each.client), tasks: module },
      }),
    }));
    for (const [index, { each, made }] of stores.entries()) {
      await made.dispatch("setup");
      const done = made.dispatch("loadTasks");
      each.socket.greet();
      each.socket.snapshot([task(index)]);
      await done;
    }
    expect(stores.map(({ made }) => made.state.tasks.taskData)).toEqual([[task(0)], [task(1)]]);
  });
});
