// @vitest-environment happy-dom
import { act, Component, createElement, type ReactNode, Suspense, startTransition, useState } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Rig, rig, type Task, task } from "../client/fake-network.fixture.ts";
import { LivesetError } from "../core/error/liveset-error.ts";
import {
  useClient,
  useConnection,
  useLiveCountSuspense,
  useLiveList,
  useLiveListSuspense,
  useLiveOneSuspense,
  useLiveWindow,
  useLiveWindowSuspense,
  useMutate,
} from "./index.ts";
import { render } from "./render.fixture.ts";

let r: Rig;

beforeEach(() => {
  r = rig();
});
afterEach(() => act(async () => r.client.close()));

/** Runs something that makes components render, until they have. */
const during = (work: () => void): Promise<void> => act(async () => work());

const change = (cursor: string, update: Task[]) => {
  r.socket.say({ type: "changes", group: 1, cursor, update: update as never }, { type: "commit", cursor });
};

describe("a list", () => {
  test("is not asked for while it is rendered, only after it was mounted", async () => {
    const subscribed: number[] = [];
    const Tasks = () => {
      const { data } = useLiveList(r.client.tasks);
      subscribed.push(r.sockets.length);
      return createElement("p", null, data.length);
    };
    await render(r.client, Tasks, {});
    expect(subscribed).toEqual([0]);
    await during(() => r.socket.greet());
    expect(r.socket.all("subscribe")).toHaveLength(1);
  });

  test("that another component shows already is there in the first render", async () => {
    r.client.tasks.live();
    r.socket.greet();
    r.socket.snapshot([task(1)]);
    const lengths: number[] = [];
    const Tasks = () => {
      lengths.push(useLiveList(r.client.tasks).data.length);
      return null;
    };
    const page = await render(r.client, Tasks, {});
    expect(lengths).toEqual([1]);
    expect(r.socket.all("subscribe")).toHaveLength(1);
    await page.unmount();
  });

  test("in StrictMode, mounted twice, is one subscription, and none afterwards", async () => {
    const Tasks = () => createElement("p", null, useLiveList(r.client.tasks).data.length);
    const page = await render(r.client, Tasks, {}, { strict: true });
    await during(() => r.socket.greet());
    await during(() => r.socket.snapshot([task(1)]));
    r.clock.advance(10_000);
    expect([r.socket.all("subscribe").length, r.socket.all("unsubscribe").length]).toEqual([1, 0]);
    await page.unmount();
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
  });

  test("gives a new object only when something in it has changed", async () => {
    const seen = new Set<object>();
    let again = (): void => {};
    const Tasks = () => {
      const [, set] = useState(0);
      again = () => set((n) => n + 1);
      seen.add(useLiveList(r.client.tasks, { where: { done: false } }));
      return null;
    };
    await render(r.client, Tasks, {});
    await during(() => again());
    expect(seen.size).toBe(1);
    expect(r.sockets).toHaveLength(1);
  });

  test("that is selected from renders only for another selection", async () => {
    const texts = (rows: readonly Task[]): string[] =>
      rows.filter(({ done }) => done).map(({ text }) => text);
    const shown: unknown[] = [];
    const Tasks = () => {
      const { data, status, updatedAt } = useLiveList(r.client.tasks, {}, { select: texts });
      shown.push([...data, status, updatedAt]);
      return null;
    };
    await render(r.client, Tasks, {});
    await during(() => r.socket.greet());
    const first = r.clock.now();
    await during(() => r.socket.snapshot([task(1, "a", true), task(2, "b")]));
    r.clock.advance(5);
    await during(() => change("2", [task(2, "c")]));
    await during(() => change("3", [task(1, "d", true)]));
    expect(shown).toEqual([
      ["pending", null],
      ["a", "success", first],
      ["d", "success", first + 5],
    ]);
  });

  test("whose selector is another one in each render shows what that selects", async () => {
    const Tasks = ({ least }: { least: number }) => {
      const { data } = useLiveList(
        r.client.tasks,
        {},
        { select: (rows) => rows.filter(({ id }) => id >= least).length },
      );
      return createElement("p", null, data);
    };
    const page = await render(r.client, Tasks, { least: 1 });
    await during(() => r.socket.greet());
    await during(() => r.socket.snapshot([task(1), task(2)]));
    expect(page.element.textContent).toBe("2");
    await page.render({ least: 2 });
    expect(page.element.textContent).toBe("1");
  });
});

describe("a window", () => {
  test("stays as large as it was made while its component renders", async () => {
    let more: () => Promise<void> = async () => {};
    const Newest = (_: { n: number }) => {
      const { data, loadMore, hasMore } = useLiveWindow(r.client.tasks, { limit: 1 });
      more = loadMore;
      return createElement("p", null, `${data.length} ${hasMore}`);
    };
    const page = await render(r.client, Newest, { n: 0 });
    await during(() => r.socket.greet());
    await during(() => r.socket.snapshot([task(1)], { hasMore: true }));
    let grown: Promise<void> | undefined;
    await during(() => {
      grown = more();
    });
    await during(() => r.socket.snapshot([task(1), task(2)], { group: 2, hasMore: false }));
    await grown;
    await page.render({ n: 1 });
    expect(page.element.textContent).toBe("2 false");
  });
});

/** A boundary for what components throw. */
class Boundary extends Component<{ children?: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };
  static getDerivedStateFromError = (error: unknown) => ({ error });
  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : error instanceof LivesetError ? error.code : "other";
  }
}

function waiting(child: ReactNode): ReactNode {
  return createElement(Boundary, null, createElement(Suspense, { fallback: "waiting" }, child));
}

describe("Suspense", () => {
  test("waits for a list, a row, a window and a count, each asked for once, and begins with all of them", async () => {
    const renders: unknown[] = [];
    const Inner = () => {
      const list = useLiveListSuspense(r.client.tasks);
      const one = useLiveOneSuspense(r.client.tasks, 1);
      const window = useLiveWindowSuspense(r.client.tasks, { limit: 1 });
      const count = useLiveCountSuspense(r.client.tasks);
      renders.push([list.data.length, one.data?.text, window.hasMore, count.data]);
      return createElement("p", null, list.data.length);
    };
    const Page = () => waiting(createElement(Inner));
    const page = await render(r.client, Page, {}, { strict: true });
    expect(page.element.textContent).toBe("waiting");
    await during(() => r.socket.greet());
    for (const [rows, parts] of [
      [[task(1), task(2)], {}],
      [[task(1)], { order: [] }],
      [[task(1)], { hasMore: true }],
      [[], { total: 2 }],
    ] as const) {
      expect(page.element.textContent).toBe("waiting");
      const group = r.socket.all("subscribe").length;
      await during(() => r.socket.snapshot(rows, { group, ...parts }));
    }
    expect(page.element.textContent).toBe("2");
    expect(new Set(renders.map((shown) => JSON.stringify(shown)))).toEqual(new Set(['[2,"task 1",true,2]']));
    r.clock.advance(10_000);
    expect([r.socket.all("subscribe").length, r.socket.all("unsubscribe").length]).toEqual([4, 0]);
    await page.unmount();
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(4);
  });

  test("gives a refusal to the nearest error boundary", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const Inner = () => createElement("p", null, useLiveListSuspense(r.client.tasks).data.length);
    const page = await render(r.client, () => waiting(createElement(Inner)), {});
    await during(() => r.socket.greet());
    await during(() => r.socket.say({ type: "error", id: "s1", code: "forbidden", status: 403, title: "" }));
    expect(page.element.textContent).toBe("forbidden");
    vi.restoreAllMocks();
  });

  test("keeps its rows while the server cannot answer", async () => {
    const Inner = () => {
      const { data, error } = useLiveListSuspense(r.client.tasks);
      return createElement("p", null, `${data.length} ${error?.code}`);
    };
    const page = await render(r.client, () => waiting(createElement(Inner)), {});
    await during(() => r.socket.greet());
    await during(() => r.socket.snapshot([task(1)]));
    await during(() =>
      r.socket.say({ type: "error", id: "s1", code: "unavailable", status: 503, title: "" }),
    );
    expect(page.element.textContent).toBe("1 unavailable");
  });

  test("keeps what is shown while a transition waits for another query", async () => {
    let search: (words: string) => void = () => {};
    const Inner = () => {
      const [words, setWords] = useState("a");
      search = setWords;
      const { data } = useLiveListSuspense(r.client.tasks, { search: words });
      return createElement("p", null, `${words}: ${data.map(({ text }) => text).join()}`);
    };
    const page = await render(r.client, () => waiting(createElement(Inner)), {});
    await during(() => r.socket.greet());
    await during(() => r.socket.snapshot([task(1)]));
    await during(() => startTransition(() => search("b")));
    expect(page.element.textContent).toBe("a: task 1");
    await during(() => r.socket.snapshot([task(2)], { group: 2 }));
    expect(page.element.textContent).toBe("b: task 2");
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe").map(({ id }) => id)).toEqual(["s1"]);
  });

  test("does not wait for a list that is off", async () => {
    const Inner = () => createElement("p", null, useLiveListSuspense(r.client.tasks, null).connection);
    const page = await render(r.client, () => waiting(createElement(Inner)), {});
    expect(page.element.textContent).toBe("paused");
  });

  test("gives the place up of what was never shown", async () => {
    const Inner = () => createElement("p", null, useLiveListSuspense(r.client.tasks).data.length);
    const page = await render(r.client, () => waiting(createElement(Inner)), {});
    await page.unmount();
    await during(() => r.socket.greet());
    await during(() => r.socket.snapshot([task(1)]));
    r.clock.advance(1_000);
    expect(r.socket.all("unsubscribe")).toHaveLength(1);
  });
});

describe("useMutate", () => {
  test("gives the same function as long as it is given the same", async () => {
    const mutates = new Set<unknown>();
    const Write = (_: { n: number }) => {
      mutates.add(useMutate(r.client.tasks.patch).mutate);
      return null;
    };
    const page = await render(r.client, Write, { n: 1 });
    await page.render({ n: 2 });
    expect(mutates.size).toBe(1);
  });
});

describe("the application", () => {
  test("gives its client to components, and says where there is none", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    let client: unknown;
    const Child = () => {
      client = useClient();
      return null;
    };
    await render(r.client, Child, {});
    expect(client).toBe(r.client);
    const { renderToString } = await import("react-dom/server");
    expect(() => renderToString(createElement(Child))).toThrow("LivesetProvider");
    vi.restoreAllMocks();
  });

  test("shows how it is connected", async () => {
    const shown: string[] = [];
    let reconnect = (): void => {};
    const Status = () => {
      const state = useConnection();
      reconnect = state.reconnect;
      shown.push(`${state.connection} ${state.error?.code ?? ""}`);
      return null;
    };
    await render(r.client, Status, {});
    await during(() => reconnect());
    await during(() => r.socket.greet());
    await during(() => r.socket.cut(4401));
    expect(shown).toEqual(["paused ", "connecting ", "live ", "offline session_expired"]);
  });
});
