// @vitest-environment happy-dom
import { act, createElement, type FunctionComponent, Profiler, type ReactNode, StrictMode } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToReadableStream } from "react-dom/server.browser";
import { describe, test, vi } from "vitest";
import type { ResourceClient } from "../client/resource-client.ts";
import {
  type BindingUnderTest,
  describeBinding,
  type Mounted,
  type MountRequest,
  type ShownByBinding,
} from "../testing/binding-suite.ts";
import {
  LivesetProvider,
  useConnection,
  useLiveCount,
  useLiveList,
  useLiveListSuspense,
  useLiveOne,
  useLiveWindow,
  useMutate,
} from "./index.ts";

type Used = Mounted["call"] & { readonly data?: unknown };

type Hook = (tasks: ResourceClient, query: never, options: MountRequest["options"]) => object;

const hooks: { readonly [K in MountRequest["kind"]]: Hook } = {
  list: useLiveList,
  one: useLiveOne,
  window: useLiveWindow,
  count: useLiveCount,
  connection: useConnection,
  mutate: useWrite,
};

function useWrite({ patch }: ResourceClient): object {
  return useMutate(patch);
}

/** A component that renders what it shows, as the page of a request. */
function pageOf({ client, resource, kind, options }: MountRequest, useKind = hooks[kind]) {
  const tasks = client.resource(resource as never) as ResourceClient;
  let used: Used = {};
  let renders = 0;
  const Shown: FunctionComponent<{ query: unknown }> = ({ query }) => {
    used = useKind(tasks, query as never, options) as Used;
    const { data, status, connection, isStale, updatedAt } = shown(used);
    const rows = Array.isArray(data) ? (data as { id: number; text: string }[]) : [];
    return createElement(
      "ul",
      { title: [status, connection, isStale, updatedAt].join() },
      rows.map(({ id, text }) => createElement("li", { key: id }, text)),
    );
  };
  const page = (query: unknown, strict = true): ReactNode => {
    const component = createElement(Shown, { query });
    const counted = createElement(Profiler, { id: "", onRender: () => void renders++ }, component);
    const below = createElement(LivesetProvider, { client }, counted);
    return strict ? createElement(StrictMode, null, below) : below;
  };
  return { page, used: () => used, renders: () => renders };
}

function shown(used: object): ShownByBinding {
  return Object.fromEntries(Object.entries(used).filter(([, part]) => typeof part !== "function"));
}

/** What happens outside of it is React's to schedule, as on a page. */
async function during(work: () => void): Promise<void> {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  await act(async () => work());
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", false);
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  await during(() => {});
}

function mounted({ page, used, renders }: ReturnType<typeof pageOf>, root: Root): Mounted {
  return {
    shown: () => shown(used()),
    set: (query) => during(() => root.render(page(query))),
    settle,
    renders,
    get call() {
      return used();
    },
    unmount: () => during(() => root.unmount()),
  };
}

const react: BindingUnderTest = {
  setRenders: true,
  mount: async (request) => {
    const made = pageOf(request);
    const root = createRoot(document.createElement("div"));
    await during(() => root.render(made.page(request.query)));
    return mounted(made, root);
  },
  server: {
    render: async (request) => {
      // What tells a server from a browser is that it has no document.
      const before = document;
      vi.stubGlobal("document", undefined);
      const { page } = pageOf(request, useLiveListSuspense);
      const stream = await renderToReadableStream(page(request.query));
      await stream.allReady;
      vi.stubGlobal("document", before);
      return new Response(stream).text();
    },
    hydrate: async (html, request) => {
      const element = document.createElement("div");
      element.innerHTML = html;
      const made = pageOf(request);
      const faults: unknown[] = [];
      const onRecoverableError = (error: unknown): void => void faults.push(error);
      const logged = vi.spyOn(console, "error").mockImplementation((text) => void faults.push(text));
      let root: Root | null = null;
      await during(() => {
        root = hydrateRoot(element, made.page(request.query), { onRecoverableError });
      });
      logged.mockRestore();
      // That of one process being server and browser is the test's own.
      const fault = faults.find((found) => !/multiple renderers/.test(String(found)));
      if (root === null || fault !== undefined) throw fault;
      return mounted(made, root);
    },
  },
};

describeBinding("React", react, { describe, test });
