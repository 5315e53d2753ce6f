import { createComponent, createRoot, createSignal, ErrorBoundary, For, type JSX, Suspense } from "solid-js";
import { insert, render, template } from "solid-js/web";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Rig, rig, type Task, task } from "../client/fake-network.fixture.ts";
import { LivesetError } from "../core/error/liveset-error.ts";
import { LivesetProvider, useClient, useLiveList, useLiveOne } from "./index.ts";

let r: Rig;

beforeEach(() => {
  r = rig();
});

/** Runs something as a component would. */
function setup<T>(use: () => T): T {
  return createRoot((dispose) => {
    onTestFinished(dispose);
    return use();
  });
}

/** Renders a component on a page of its own. */
function page(component: () => JSX.Element): HTMLElement {
  const element = document.createElement("div");
  onTestFinished(render(component, element));
  return element;
}

/** What JSX would be compiled to: an element with a child. */
function wrap(tag: string, child: () => JSX.Element): JSX.Element {
  const element = template(`<${tag}></${tag}>`)() as HTMLElement;
  insert(element, child);
  return element;
}

const update = (cursor: string, ...rows: Task[]) =>
  r.socket.say({ type: "changes", group: 1, cursor, update: rows as never }, { type: "commit", cursor });

describe("rows", () => {
  test("that changed are the same objects, of which only the changed fields are read again", () => {
    const list = setup(() => useLiveList(r.client.tasks));
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    const [first, second] = list();
    update("2", task(2, "two"));
    expect(list().map(({ text }) => text)).toEqual(["task 1", "two"]);
    expect([list()[0] === first, list()[1] === second]).toEqual([true, true]);
  });

  test("keep their elements while they change, move and come back", () => {
    const element = page(() => {
      const list = useLiveList(r.client.tasks);
      return createComponent(For, {
        get each() {
          return list.latest;
        },
        children: (row: Task) => wrap("li", () => row.text),
      });
    });
    r.socket.greet();
    r.socket.snapshot([task(1, "a"), task(2, "b")]);
    const before = [...element.children];
    update("2", task(1, "A"));
    update("3", task(1, "a"), task(2, "B"));
    expect(element.textContent).toBe("aB");
    expect([...element.children]).toEqual(before);
    r.socket.say(
      { type: "changes", group: 1, cursor: "4", leave: ["1"], enter: [task(3, "c")] },
      { type: "commit", cursor: "4" },
    );
    expect(element.textContent).toBe("Bc");
    expect(element.children[0]).toBe(before[1]);
  });

  test("are new objects when they changed, if no key is given", () => {
    const list = setup(() => useLiveList(r.client.tasks, {}, { key: null }));
    r.socket.greet();
    r.socket.snapshot([task(1), task(2)]);
    const [first, second] = list();
    update("2", task(2, "two"));
    update("3", task(2, "2"));
    expect([list()[0] === first, list()[1] === second, list()[1]?.text]).toEqual([true, false, "2"]);
  });

  test("of the client are never written to", () => {
    const shown = setup(() => useLiveList(r.client.tasks));
    const handle = r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    const before = handle.getSnapshot().data;
    update("2", task(1, "one"));
    update("3", task(1, "eins"));
    expect(before).toEqual([task(1)]);
    expect(shown()).toEqual(handle.getSnapshot().data);
  });
});

describe("a live result", () => {
  test("says what a resource says", async () => {
    const [query, setQuery] = createSignal<{ search: string } | null>(null);
    const list = setup(() => useLiveList(r.client.tasks, query, { keepPrevious: true }));
    const seen = () => [list.state, list.loading, list.latest.length];
    expect(seen()).toEqual(["unresolved", false, 0]);
    setQuery({ search: "a" });
    expect(seen()).toEqual(["pending", true, 0]);
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    expect(seen()).toEqual(["ready", false, 1]);
    setQuery({ search: "b" });
    expect(seen()).toEqual(["refreshing", true, 1]);
    r.socket.say({ type: "error", id: "s2", code: "forbidden", status: 403, title: "" });
    expect(seen()).toEqual(["errored", false, 0]);
    expect(() => list()).toThrow(LivesetError);
  });

  test("has a boundary wait for it, again for another query, and not while it is off", async () => {
    const [key, setKey] = createSignal<number | null>(1);
    const element = page(() =>
      createComponent(Suspense, {
        fallback: "waiting",
        get children() {
          const one = useLiveOne(r.client.tasks, key);
          return wrap("p", () => one()?.text ?? "nothing");
        },
      }),
    );
    expect(element.textContent).toBe("waiting");
    r.socket.greet();
    r.socket.snapshot([task(1)], { order: [] });
    await expect.poll(() => element.textContent).toBe("task 1");
    setKey(2);
    expect(element.textContent).toBe("waiting");
    r.socket.snapshot([task(2)], { order: [], group: 2 });
    await expect.poll(() => element.textContent).toBe("task 2");
    setKey(null);
    expect(element.textContent).toBe("nothing");
  });

  test("gives a refusal to the nearest error boundary", () => {
    const element = page(() =>
      createComponent(ErrorBoundary, {
        fallback: (error: LivesetError) => error.code,
        get children() {
          const list = useLiveList(r.client.tasks);
          return wrap("p", () => list().length);
        },
      }),
    );
    r.socket.greet();
    r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" });
    expect(element.textContent).toBe("forbidden");
  });

  test("keeps its rows while the server cannot answer", () => {
    const list = setup(() => useLiveList(r.client.tasks));
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    r.socket.say({ type: "error", id: "s1", code: "unavailable", status: 503, title: "" });
    expect([list().length, list.status, list.error?.code]).toEqual([1, "error", "unavailable"]);
  });

  test("that was rendered on a server begins with its rows, and is not sent again", () => {
    const server = rig();
    server.client.tasks.live();
    server.socket.greet();
    server.socket.snapshot([task(1)]);
    r.client.hydrate(JSON.parse(JSON.stringify(server.client.dehydrate())));
    const list = setup(() => useLiveList(r.client.tasks));
    expect([list(), list.status, list.isStale]).toEqual([[task(1)], "success", true]);
    r.socket.greet();
    expect(r.socket.last("subscribe").since?.cursor).toBe("1");
    r.socket.resume();
    update("2", task(1, "one"));
    expect([list()[0]?.text, list.recovery]).toEqual(["one", "resumed"]);
  });
});

test("a client is given to components, and it is said where there is none", () => {
  let client: unknown;
  page(() =>
    createComponent(LivesetProvider, {
      client: r.client,
      get children() {
        client = useClient();
        return null;
      },
    }),
  );
  expect(client).toBe(r.client);
  expect(() => setup(() => useClient())).toThrow("LivesetProvider");
});
