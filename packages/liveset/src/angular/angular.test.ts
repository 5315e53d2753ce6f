// @vitest-environment happy-dom
import "@angular/compiler";
import {
  type ApplicationRef,
  Component,
  computed,
  createComponent,
  createEnvironmentInjector,
  EnvironmentInjector,
  Input,
  input,
  PLATFORM_ID,
  provideZonelessChangeDetection,
  type ResourceRef,
  runInInjectionContext,
  signal,
  TransferState,
} from "@angular/core";
import { createApplication } from "@angular/platform-browser";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../client/connect.fixture.ts";
import { type Rig, rig, type TestApi, task } from "../client/fake-network.fixture.ts";
import { startFixture } from "../server/live/live.fixture.ts";
import { describeBinding } from "../testing/index.ts";
import { angularBinding } from "./angular-binding.fixture.ts";
import {
  injectClient,
  injectLiveList,
  injectLiveOne,
  injectLiveWindow,
  type LiveResource,
  provideLiveset,
} from "./index.ts";

describeBinding("Angular", angularBinding, { describe, test });

async function start(r: Rig): Promise<ApplicationRef> {
  const app = await createApplication({
    providers: [provideZonelessChangeDetection(), provideLiveset(r.client)],
  });
  onTestFinished(() => {
    if (!app.destroyed) app.destroy();
  });
  return app;
}

/** Runs what a service's constructor would. */
function inject<T>(app: ApplicationRef, use: () => T): T {
  return runInInjectionContext(app.injector, use);
}

const tasksOf = () => injectClient<TestApi>().tasks;

describe("a live list as Angular's Resource", () => {
  test("says with Angular's words how it stands", async () => {
    const r = rig();
    const app = await start(r);
    const isOn = signal(false);
    const list = inject(app, () => injectLiveList(tasksOf(), () => (isOn() ? { search: "a" } : null)));
    app.tick();
    expect([list.status(), list.connection(), list.hasValue(), list.reload()]).toEqual([
      "idle",
      "paused",
      false,
      false,
    ]);
    isOn.set(true);
    app.tick();
    r.socket.greet();
    expect([list.status(), list.isLoading(), list.hasValue(), list.reload()]).toEqual([
      "loading",
      true,
      false,
      false,
    ]);
    r.socket.snapshot([task(1)]);
    expect([list.status(), list.isLoading(), list.hasValue(), list.value()]).toEqual([
      "resolved",
      false,
      true,
      [task(1)],
    ]);
    expect([list.reload(), list.reload(), list.status(), list.value()]).toEqual([
      true,
      false,
      "reloading",
      [task(1)],
    ]);
    r.socket.snapshot([task(2)]);
    await expect.poll(() => list.status()).toBe("resolved");
    expect(list.snapshot()).toEqual({ status: "resolved", value: [task(2)], error: undefined });
  });

  test("keeps its value in error, and is tried again by reload", async () => {
    const r = rig();
    const app = await start(r);
    const list = inject(app, () => injectLiveList(tasksOf()));
    app.tick();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    list.reload();
    r.socket.say({
      type: "error",
      id: r.socket.last("subscribe").id,
      code: "unavailable",
      status: 503,
      title: "",
    });
    await expect.poll(() => list.status()).toBe("error");
    expect([list.error()?.code, list.value(), list.hasValue()]).toEqual(["unavailable", [task(1)], true]);
    expect(list.snapshot()).toEqual({ status: "error", value: [task(1)], error: list.error() });
    expect(list.reload()).toBe(true);
    r.socket.snapshot([task(1), task(2)]);
    await expect.poll(() => list.status()).toBe("resolved");
    expect([list.error(), list.value().length]).toEqual([undefined, 2]);
  });

  test("may be given to what takes a Resource", async () => {
    const r = rig();
    const app = await start(r);
    const one = inject(app, () => injectLiveOne(tasksOf(), 1));
    const asResource: Pick<
      ResourceRef<unknown>,
      "value" | "status" | "isLoading" | "error" | "snapshot"
    > = one as never;
    app.tick();
    expect([asResource.value(), asResource.status()]).toEqual([undefined, "loading"]);
  });
});

describe("what is asked for", () => {
  test("is shown from the moment on in which it changes: never with rows of the query before", async () => {
    const r = rig();
    const app = await start(r);
    const words = signal("a");
    const query = () => ({ search: words() });
    const list = inject(app, () => injectLiveList(tasksOf(), query));
    const kept = inject(app, () => injectLiveList(tasksOf(), query, { keepPrevious: true }));
    const count = inject(app, () => computed(() => list.value().length));
    app.tick();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(count()).toBe(1);
    words.set("b");
    expect([count(), list.status(), list.connection(), list.hasValue()]).toEqual([
      0,
      "loading",
      "connecting",
      false,
    ]);
    expect([kept.value(), kept.status(), kept.isStale()]).toEqual([[task(1)], "loading", true]);
    words.set("a");
    app.tick();
    expect([count(), list.status(), list.isStale()]).toEqual([1, "resolved", false]);
    expect(r.socket.all("subscribe")).toHaveLength(1);
  });

  test("may be a component's required input, and is asked for before the component is rendered first", async () => {
    const r = rig();
    const app = await start(r);
    const rendered: string[] = [];
    class Title {
      readonly id = input.required<number>();
      readonly task = injectLiveOne(tasksOf(), this.id);
      title(): string {
        const text = this.task.value()?.text ?? this.task.status();
        rendered.push(text);
        return text;
      }
    }
    Input({ isSignal: true, required: true } as never)(Title.prototype, "id");
    Component({ selector: "task-title", template: "{{ title() }}" })(Title);
    const other = r.client.tasks.liveOne(1);
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    const ref = createComponent(Title, { environmentInjector: app.injector });
    ref.setInput("id", 1);
    app.attachView(ref.hostView);
    app.tick();
    expect(rendered).toEqual(["task 1"]);
    ref.setInput("id", 2);
    app.tick();
    r.socket.snapshot([task(2)], { group: 2 });
    app.tick();
    expect(rendered).toEqual(["task 1", "loading", "task 2"]);
    ref.destroy();
    other.release();
    r.clock.advance(2_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(2);
  });

  test("may be of another resource, with other options", async () => {
    const r = rig();
    const app = await start(r);
    const fields = signal<("text" | "done")[]>(["text"]);
    const one = inject(app, () =>
      injectLiveOne(
        () => injectedTasks,
        () => 1,
        () => ({ fields: fields() }),
      ),
    );
    const injectedTasks = r.client.tasks;
    app.tick();
    r.socket.greet();
    fields.set(["done"]);
    app.tick();
    expect(r.socket.all("subscribe").map(({ query }) => query)).toEqual([
      { fields: ["text"] },
      { fields: ["done"] },
    ]);
    expect(one.status()).toBe("loading");
  });
});

describe("the application", () => {
  test("is not stable before its lists have an answer, or a refusal, or are off", async () => {
    const r = rig();
    const app = await start(r);
    let isStable = false;
    const query = signal<Record<never, never> | null>({});
    const list = inject(app, () => injectLiveList(tasksOf(), query));
    const window = inject(app, () => injectLiveWindow(tasksOf(), { limit: 1 }));
    app.tick();
    const stable = app.whenStable().then(() => {
      isStable = true;
    });
    r.socket.greet();
    const [first, second] = r.socket.all("subscribe");
    r.socket.say({ type: "error", id: second?.id ?? "", code: "forbidden", status: 403, title: "" });
    await Promise.resolve();
    expect([isStable, window.status()]).toEqual([false, "error"]);
    expect(first?.query).toEqual({});
    query.set(null);
    app.tick();
    await stable;
    expect([isStable, list.status()]).toEqual([true, "idle"]);
  });

  test("without a client says what is missing", async () => {
    const app = await createApplication({ providers: [provideZonelessChangeDetection()] });
    expect(() => inject(app, () => injectClient())).toThrow("provideLiveset");
    expect(() => injectClient()).toThrow("NG0203");
    app.destroy();
  });

  test("closes a client that was made for it, and not one that it was given", async () => {
    const [made, given] = [rig(), rig()];
    const app = await start(given);
    const parent = app.injector.get(EnvironmentInjector);
    const child = createEnvironmentInjector([provideLiveset(() => made.client)], parent);
    expect(runInInjectionContext(child, () => injectClient())).toBe(made.client);
    inject(app, () => injectClient());
    child.destroy();
    app.destroy();
    await expect(made.client.tasks.list()).rejects.toMatchObject({ code: "released" });
    given.client.tasks.list().catch(() => {});
    expect(given.sockets).toHaveLength(1);
  });

  test("is rendered with its rows on a server, and the browser begins with the same ones, without a snapshot", async () => {
    const fixture = await startFixture();
    await fixture.run("insert into tasks (id, text, ownerId) values (1, 'Milk', 7), (2, 'Bread', 7)");
    class Page {
      readonly tasks: LiveResource<readonly { id: number; text: string }[]> = injectLiveList(tasksOf(), {
        orderBy: { id: "asc" },
      });
      texts(): string {
        return this.tasks
          .value()
          .map(({ text }) => text)
          .join();
      }
    }
    Component({ selector: "task-page", template: "{{ tasks.status() }}: {{ texts() }}" })(Page);
    const show = (app: ApplicationRef): HTMLElement => {
      const ref = createComponent(Page, { environmentInjector: app.injector });
      app.attachView(ref.hostView);
      return ref.location.nativeElement;
    };
    const providers = [provideZonelessChangeDetection()];
    const server = await createApplication({
      providers: [
        ...providers,
        { provide: PLATFORM_ID, useValue: "server" },
        provideLiveset(() => connect(fixture).client),
      ],
    });
    const page = show(server);
    await server.whenStable();
    expect(page.textContent).toBe("resolved: Milk,Bread");
    const state = JSON.parse(server.injector.get(TransferState).toJson());
    server.destroy();

    const line = connect(fixture);
    const browser = await createApplication({ providers: [...providers, provideLiveset(line.client)] });
    browser.injector.get(TransferState).set("liveset" as never, state.liveset as never);
    const taken = show(browser);
    browser.tick();
    expect(taken.textContent).toBe("resolved: Milk,Bread");
    const list = line.client.tasks.live({ orderBy: { id: "asc" } });
    await fixture.run("insert into tasks (id, text, ownerId) values (3, 'Salt', 7)");
    await expect.poll(() => list.getSnapshot().data.length).toBe(3);
    browser.tick();
    expect(taken.textContent).toBe("resolved: Milk,Bread,Salt");
    expect(line.frames.filter((frame) => frame.type === "subscribed" && frame.rows !== undefined)).toEqual(
      [],
    );
    browser.destroy();
  });
});
