import { flushSync, mount, tick, unmount } from "svelte";
import { describe, test } from "vitest";
import {
  type BindingUnderTest,
  describeBinding,
  type Mounted,
  type MountRequest,
  type ShownByBinding,
} from "../testing/binding-suite.ts";
import {
  setClient,
  useConnection,
  useLiveCount,
  useLiveList,
  useLiveOne,
  useLiveWindow,
  useMutate,
} from "./index.ts";
import Probe from "./probe.fixture.svelte";

type Used = Mounted["call"] & ShownByBinding;

function use({ client, kind, resource, options }: MountRequest, query: () => never): object {
  const tasks = client.resource(resource as never);
  setClient(client);
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

function shown(used: Used): ShownByBinding {
  const { data, status, connection, error, isStale, recovery, updatedAt, pending } = used;
  const { hasMore, total, isLoadingMore } = used;
  const window = { hasMore, total, isLoadingMore };
  return {
    data,
    status,
    connection,
    error,
    isStale,
    recovery,
    updatedAt,
    pending,
    ...window,
  } as ShownByBinding;
}

const svelte: BindingUnderTest = {
  // What shows a result reads its query.
  setRenders: true,
  mount: async (request) => {
    let used = {} as Used;
    let renders = 0;
    const props = {
      begin: request.query,
      use: (query: () => unknown) => {
        used = use(request, query as () => never) as Used;
        return used;
      },
      see: () => {
        renders++;
        return JSON.stringify(shown(used));
      },
    };
    const component = mount(Probe, { target: document.createElement("div"), props });
    const settle = async (): Promise<void> => {
      flushSync();
      await tick();
    };
    let isMounted = true;
    await settle();
    return {
      shown: () => shown(used),
      set: async (query) => {
        (component as { set: (next: unknown) => void }).set(query);
        await settle();
      },
      settle,
      renders: () => renders,
      call: used,
      unmount: async () => {
        if (isMounted) await unmount(component);
        isMounted = false;
        await settle();
      },
    };
  },
};

describeBinding("Svelte", svelte, { describe, test });
