import { PassThrough } from "node:stream";
import { Window } from "happy-dom";
import { act, createElement, type FunctionComponent, Suspense } from "react";
import { renderToPipeableStream, renderToString } from "react-dom/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { connect, type Line } from "../client/connect.fixture.ts";
import type { TestApi } from "../client/fake-network.fixture.ts";
import { startFixture } from "../server/live/live.fixture.ts";
import { useClient, useConnection, useLiveList, useLiveListSuspense } from "./index.ts";
import { tree } from "./render.fixture.ts";

const query = { orderBy: { id: "asc" } } as const;

function item({ id, text }: { readonly id: number; readonly text: string }) {
  return createElement("li", { key: id }, text);
}

const Tasks = () => {
  const { data, ...rest } = useLiveList(useClient<TestApi>().tasks, query);
  const status = `${rest.status} ${rest.connection} ${rest.isStale} ${useConnection().connection}`;
  return createElement("ul", { title: status }, data.map(item));
};

const Waiting = () => createElement(Suspense, { fallback: "waiting" }, createElement(SuspendingTasks));

const SuspendingTasks = () => {
  const { data } = useLiveListSuspense(useClient<TestApi>().tasks, query);
  return createElement("ul", null, data.map(item));
};

/** Makes this process a browser that has a page, until the test ends. */
function openPage(html: string): Element {
  const window = new Window();
  vi.stubGlobal("window", window);
  vi.stubGlobal("document", window.document);
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  onTestFinished(() => void vi.unstubAllGlobals());
  const root = window.document.createElement("div");
  root.innerHTML = html;
  window.document.body.append(root);
  return root as unknown as Element;
}

/** Has the browser take a page over, and follows it until its list has changed: without a complaint of React's or a second snapshot. */
async function takeOver(
  html: string,
  browser: Line<TestApi>,
  page: FunctionComponent,
  insert: () => Promise<unknown>,
) {
  const element = openPage(html);
  const { hydrateRoot } = await import("react-dom/client");
  const complaints: unknown[] = [];
  const logged = vi.spyOn(console, "error").mockImplementation((...parts) => void complaints.push(parts));
  onTestFinished(() => logged.mockRestore());
  const root = await act(async () =>
    hydrateRoot(element, tree(browser.client, page, {}), {
      onRecoverableError: (error) => complaints.push(error),
    }),
  );
  onTestFinished(() => act(async () => root.unmount()));
  const list = browser.client.tasks.live(query);
  await act(async () => {
    await vi.waitFor(() => expect(list.getSnapshot().connection).toBe("live"));
  });
  expect(element.textContent).toBe("MilkBread");
  await act(async () => {
    await insert();
    await vi.waitFor(() => expect(list.getSnapshot().data).toHaveLength(3));
  });
  expect(element.textContent).toBe("MilkBreadTea");
  // That of one process being server and browser is the test's own.
  expect(complaints.filter((complaint) => !/multiple renderers/.test(String(complaint)))).toEqual([]);
  expect(browser.frames.filter((frame) => frame.type === "subscribed").map(({ rows }) => rows)).toEqual([
    undefined,
  ]);
}

async function start() {
  const fixture = await startFixture();
  await fixture.run("insert into tasks (id, text, ownerId) values (1, 'Milk', 7), (2, 'Bread', 7)");
  const insert = () => fixture.run("insert into tasks (id, text, ownerId) values (3, 'Tea', 7)");
  return { fixture, insert };
}

/** The state of a client, as a page carries it. */
function stateOf({ client }: Line<TestApi>): never {
  const state = JSON.stringify(client.dehydrate());
  client.close();
  return JSON.parse(state) as never;
}

test("P2 P4: a page rendered with lists that were opened before goes on in the browser from the same cursor", async () => {
  const { fixture, insert } = await start();
  const server = connect(fixture);
  await server.client.tasks.live(query).whenReady();
  const html = renderToString(tree(server.client, Tasks, {}));
  expect(html).toBe('<ul title="success paused true paused"><li>Milk</li><li>Bread</li></ul>');
  const browser = connect(fixture);
  browser.client.hydrate(stateOf(server));
  await takeOver(html, browser, Tasks, insert);
});

test("P2 P4: a page that was streamed when its list was there goes on in the browser from the same cursor", async () => {
  const { fixture, insert } = await start();
  const server = connect(fixture);
  const html = await new Promise<string>((resolve, reject) => {
    const stream = renderToPipeableStream(tree(server.client, Waiting, {}), {
      onAllReady: () => resolve(new Response(stream.pipe(new PassThrough()) as never).text()),
      onError: reject,
    });
  });
  expect(html).toContain("<li>Milk</li><li>Bread</li>");
  const browser = connect(fixture);
  browser.client.hydrate(stateOf(server));
  await takeOver(html, browser, Waiting, insert);
});
