// @vitest-environment happy-dom
import "@angular/compiler";
import {
  type ApplicationRef,
  createEnvironmentInjector,
  DestroyRef,
  EnvironmentInjector,
  inject,
  provideZonelessChangeDetection,
  type Signal,
  type Type,
} from "@angular/core";
import { createApplication } from "@angular/platform-browser";
import { getState, patchState, signalStore, withMethods, withState } from "@ngrx/signals";
import { updateEntity } from "@ngrx/signals/entities";
import { describe, expect, onTestFinished, test } from "vitest";
import { mountInAngular, type Use, useResource, uses } from "../angular/angular-binding.fixture.ts";
import { injectClient, type LiveResource, provideLiveset } from "../angular/index.ts";
import { type Rig, rig, type TestApi, task } from "../client/fake-network.fixture.ts";
import { type BindingUnderTest, describeBinding, type MountRequest } from "../testing/index.ts";
import { withLiveEntities } from "./index.ts";

/** A list as a component's store has it; the other kinds are Angular's. */
const ngrxBinding: BindingUnderTest = {
  mount: (request) =>
    mountInAngular(request, (query) =>
      request.kind === "list" ? useStore(request, query) : uses[request.kind](request, query),
    ),
};

function useStore({ resource, options }: MountRequest, query: Signal<unknown>): Use {
  const Store = signalStore(
    withLiveEntities(
      () => injectClient().resource(resource),
      () => query() as null,
      options,
    ),
  );
  const { entities, ...store } = provide(inject(EnvironmentInjector), Store);
  return useResource({ value: entities, ...store } as unknown as LiveResource<unknown>);
}

/** A store that goes with the injector. */
function provide<T>(parent: EnvironmentInjector, store: Type<T>): T {
  const injector = createEnvironmentInjector([store], parent);
  inject(DestroyRef, { optional: true })?.onDestroy(() => injector.destroy());
  return injector.get(store);
}

describeBinding("NgRX", ngrxBinding, { describe, test });

async function start(r: Rig): Promise<ApplicationRef> {
  const app = await createApplication({
    providers: [provideZonelessChangeDetection(), provideLiveset(r.client)],
  });
  onTestFinished(() => app.destroy());
  return app;
}

const tasksOf = () => injectClient<TestApi>().tasks;

describe("withLiveEntities", () => {
  test("has the state of withEntities, and follows the rows in it", async () => {
    const r = rig();
    const app = await start(r);
    const Store = signalStore({ providedIn: "root" }, withLiveEntities(tasksOf));
    const store = app.injector.get(Store);
    app.tick();
    expect([getState(store), store.status(), store.entities()]).toEqual([
      { ids: [], entityMap: {} },
      "loading",
      [],
    ]);
    r.socket.greet();
    r.socket.snapshot([task(2), task(1)]);
    expect(getState(store)).toEqual({ ids: [1, 2], entityMap: { 1: task(1), 2: task(2) } });
    expect([store.status(), store.connection(), store.entities()]).toEqual([
      "resolved",
      "live",
      [task(1), task(2)],
    ]);
    const [first] = store.entities();
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", update: [task(2, "two")] },
      { type: "commit", cursor: "2" },
    );
    expect(store.entities()).toEqual([task(1), task(2, "two")]);
    expect(store.entities()[0]).toBe(first);
    r.socket.cut();
    expect([store.connection(), store.isStale()]).toEqual(["offline", true]);
  });

  test("takes what updaters of entities do, until the server tells of the rows again", async () => {
    const r = rig();
    const app = await start(r);
    const Store = signalStore(
      { providedIn: "root" },
      withLiveEntities(tasksOf),
      withMethods((store) => ({
        rename: (id: number, text: string) => patchState(store, updateEntity({ id, changes: { text } })),
      })),
    );
    const store = app.injector.get(Store);
    app.tick();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    store.rename(1, "mine");
    expect(store.entities()).toEqual([task(1, "mine")]);
    r.socket.say(
      { type: "changes", group: 1, cursor: "2", update: [task(1, "theirs")] },
      { type: "commit", cursor: "2" },
    );
    expect(store.entities()).toEqual([task(1, "theirs")]);
  });

  test("asks for what the store's state says, for nothing where that is null", async () => {
    const r = rig();
    const app = await start(r);
    const Store = signalStore(
      { providedIn: "root", protectedState: false },
      withState({ words: null as string | null }),
      withLiveEntities(tasksOf, ({ words }) => {
        const search = words();
        return search === null ? null : { search };
      }),
    );
    const store = app.injector.get(Store);
    app.tick();
    expect([store.status(), r.sockets.length]).toEqual(["idle", 0]);
    patchState(store, { words: "milk" });
    app.tick();
    r.socket.greet();
    expect(r.socket.last("subscribe").query).toEqual({ search: "milk" });
    r.socket.snapshot([task(1)]);
    patchState(store, { words: "bread" });
    expect([store.ids(), store.status()]).toEqual([[], "loading"]);
  });

  test("has several collections by name, each with ids of its own", async () => {
    const r = rig();
    const app = await start(r);
    const Store = signalStore(
      { providedIn: "root" },
      withLiveEntities(tasksOf, () => ({ search: "a" }), { collection: "task" }),
      withLiveEntities(tasksOf, () => ({ search: "b" }), {
        collection: "other",
        selectId: ({ text }) => text,
      }),
    );
    const store = app.injector.get(Store);
    app.tick();
    r.socket.greet();
    r.socket.snapshot([task(1, "one")]);
    expect(getState(store)).toEqual({
      taskIds: [],
      taskEntityMap: {},
      otherIds: ["one"],
      otherEntityMap: { one: task(1, "one") },
    });
    expect([store.taskStatus(), store.otherStatus(), store.otherEntities()]).toEqual([
      "loading",
      "resolved",
      [task(1, "one")],
    ]);
  });

  test("lets go of its rows with the store", async () => {
    const r = rig();
    const app = await start(r);
    const Store = signalStore(withLiveEntities(tasksOf));
    const injector = createEnvironmentInjector([Store], app.injector);
    injector.get(Store);
    app.tick();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    injector.destroy();
    r.clock.advance(2_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
  });
});
