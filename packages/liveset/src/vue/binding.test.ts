// @vitest-environment happy-dom
import { describe, test } from "vitest";
import { type App, createApp, createSSRApp, h, nextTick, type ShallowRef, shallowRef, unref } from "vue";
import { renderToString } from "vue/server-renderer";
import type { Client } from "../client/client.ts";
import {
  type BindingUnderTest,
  describeBinding,
  type Mounted,
  type MountRequest,
  type ShownByBinding,
} from "../testing/binding-suite.ts";
import {
  createLiveset,
  useConnection,
  useLiveCount,
  useLiveList,
  useLiveOne,
  useLiveWindow,
  useMutate,
} from "./index.ts";

function use({ client, kind, resource, query, options }: MountRequest, asked: ShallowRef<unknown>): object {
  const tasks = client.resource(resource as never);
  const by = () => asked.value as never;
  switch (kind) {
    case "list":
      return useLiveList(tasks, query === undefined ? undefined : by, options);
    case "one":
      return useLiveOne(tasks, by, options);
    case "window":
      return useLiveWindow(tasks, by, options);
    case "count":
      return useLiveCount(tasks, by, options);
    case "connection":
      return useConnection();
    case "mutate":
      return useMutate(tasks.patch);
  }
}

type Used = Record<string, unknown> & Mounted["call"];

/** An application of one component, and how to look into it. */
function page(request: MountRequest, create: typeof createApp) {
  const asked = shallowRef(request.query);
  let used = {} as Used;
  let renders = 0;
  const component = {
    setup() {
      used = use(request, asked) as Used;
      return () => {
        renders++;
        const { data = [], ...rest } = shown();
        const rows = Array.isArray(data) ? (data as { id: number; text: string }[]) : [];
        return h("ul", { title: Object.values(rest).map(String).join() }, [
          ...rows.map(({ id, text }) => h("li", { key: id }, text)),
        ]);
      };
    },
  };
  const shown = (): ShownByBinding =>
    Object.fromEntries(
      Object.entries(used).flatMap(([name, part]) =>
        typeof part === "function" ? [] : [[name, unref(part)]],
      ),
    );
  const app = create({ render: () => h("main", [h(component)]) }).use(
    createLiveset(request.client as Client),
  );
  return { app, asked, shown, renders: () => renders, call: () => used };
}

function mounted({ app, asked, shown, renders, call }: ReturnType<typeof page>): Mounted {
  let isMounted = true;
  return {
    shown,
    renders,
    call: call(),
    set: async (query) => {
      asked.value = query;
      await nextTick();
    },
    settle: () => nextTick(),
    unmount: async () => {
      if (isMounted) app.unmount();
      isMounted = false;
    },
  };
}

/** Rejects with what Vue warned of. */
function strictly(app: App): void {
  app.config.warnHandler = (warning) => {
    throw new Error(warning);
  };
}

const vue: BindingUnderTest = {
  mount: async (request) => {
    const made = page(request, createApp);
    made.app.mount(document.createElement("div"));
    return mounted(made);
  },
  server: {
    render: (request) => renderToString(page(request, createSSRApp).app),
    hydrate: async (html, request) => {
      const made = page(request, createSSRApp);
      strictly(made.app);
      const root = document.createElement("div");
      root.innerHTML = html;
      made.app.mount(root);
      return mounted(made);
    },
  },
};

describeBinding("Vue", vue, { describe, test });
