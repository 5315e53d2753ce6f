import { createComponent, createRenderEffect, createSignal } from "solid-js";
import { render } from "solid-js/web";
import { describe, test } from "vitest";
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
  useLiveOne,
  useLiveWindow,
  useMutate,
} from "./index.ts";

type Used = Mounted["call"] & ShownByBinding & { readonly latest?: unknown };

function use({ client, kind, resource, options }: MountRequest, query: () => never): object {
  const tasks = client.resource(resource as never);
  switch (kind) {
    case "list":
      return useLiveList(tasks, query, options);
    case "one":
      return useLiveOne(tasks, query, options);
    case "window":
      return useLiveWindow(tasks, query, options);
    case "count":
      return useLiveCount(tasks, query, options);
    case "connection":
      return useConnection();
    case "mutate":
      return useMutate(tasks.patch);
  }
}

const solid: BindingUnderTest = {
  excused: {
    "A row that did not change is the same object as before":
      "one that changed is the same object too, of which the changed fields are new: solid.test.ts",
  },
  mount: async (request) => {
    const [query, setQuery] = createSignal(request.query);
    let used = {} as Used;
    let renders = 0;
    const shown = (): ShownByBinding => {
      const { status, connection, error, isStale, recovery, updatedAt, pending } = used;
      const { hasMore, total, isLoadingMore, latest: data } = used;
      return {
        data,
        status,
        connection,
        error,
        isStale,
        recovery,
        updatedAt,
        pending,
        hasMore,
        total,
        isLoadingMore,
      } as ShownByBinding;
    };
    const Shown = (): null => {
      used = use(request, query as () => never) as Used;
      createRenderEffect(() => {
        JSON.stringify(shown());
        renders++;
      });
      return null;
    };
    const dispose = render(
      () =>
        createComponent(LivesetProvider, {
          client: request.client,
          get children() {
            return createComponent(Shown, {});
          },
        }),
      document.createElement("div"),
    );
    return {
      shown,
      set: async (next) => void setQuery(() => next),
      settle: async () => {},
      renders: () => renders,
      call: used,
      unmount: async () => dispose(),
    };
  },
};

describeBinding("Solid", solid, { describe, test });
