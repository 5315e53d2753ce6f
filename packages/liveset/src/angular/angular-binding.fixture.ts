import "@angular/compiler";
import {
  type ApplicationRef,
  Component,
  createComponent,
  enableProdMode,
  provideZonelessChangeDetection,
  type Signal,
  signal,
  type Type,
} from "@angular/core";
import { createApplication } from "@angular/platform-browser";
import type { BindingUnderTest, Mounted, MountRequest, ShownByBinding } from "../testing/index.ts";
import {
  injectClient,
  injectConnection,
  injectLiveCount,
  injectLiveList,
  injectLiveOne,
  injectLiveWindow,
  injectMutate,
  type LiveResource,
  type LiveWindowResource,
  provideLiveset,
} from "./index.ts";

// In development Angular renders everything twice, to see whether it is the same.
enableProdMode();

/** What a component of the suite does with the binding: what it shows, and what can be called. */
export interface Use {
  readonly shown: () => ShownByBinding;
  readonly call: Mounted["call"];
}

/** A component that shows what `use` gives, in an application of its own. `use` runs in its injection context. */
export async function mountInAngular(
  { client, query }: Pick<MountRequest, "client" | "query">,
  use: (query: Signal<unknown>) => Use,
): Promise<Mounted> {
  const app = await createApplication({
    providers: [provideZonelessChangeDetection(), provideLiveset(client)],
  });
  const asked = signal(query);
  let renders = 0;
  class Shows {
    readonly use = use(asked);
    render(): string {
      renders++;
      return JSON.stringify(this.use.shown());
    }
  }
  Component({ selector: "shows-live", template: "{{ render() }}" })(Shows);
  const { shown, call, unmount } = render(app, Shows);
  const settle = async (): Promise<void> => {
    await Promise.resolve();
    app.tick();
  };
  await settle();
  return {
    shown,
    call,
    settle,
    renders: () => renders,
    set: async (next) => {
      asked.set(next);
      await settle();
    },
    unmount: async () => unmount(),
  };
}

function render(app: ApplicationRef, component: Type<{ use: Use }>): Use & { unmount(): void } {
  const ref = createComponent(component, { environmentInjector: app.injector });
  app.attachView(ref.hostView);
  const { shown, call } = ref.instance.use;
  return {
    shown,
    call,
    unmount: () => {
      ref.destroy();
      if (!app.destroyed) app.destroy();
    },
  };
}

/** Angular's signals, as the suite uses them. */
export const angularBinding: BindingUnderTest = {
  mount: (request) => mountInAngular(request, (query) => uses[request.kind](request, query)),
};

type Uses = Readonly<Record<MountRequest["kind"], (request: MountRequest, query: Signal<unknown>) => Use>>;

/** What a component does with each kind. */
export const uses: Uses = {
  list: ({ resource, options }, query) =>
    useResource(injectLiveList(injectClient().resource(resource), query as never, options)),
  one: ({ resource, options }, query) =>
    useResource(injectLiveOne(injectClient().resource(resource), query as never, options)),
  count: ({ resource, options }, query) =>
    useResource(injectLiveCount(injectClient().resource(resource), query as never, options)),
  window: ({ resource, options }, query) => {
    const window = injectLiveWindow(injectClient().resource(resource), query as never, options);
    const { shown, call } = useResource(window);
    return {
      shown: () => ({ ...shown(), ...shownOfWindow(window) }),
      call: { ...call, loadMore: (count) => window.loadMore(count) },
    };
  },
  connection: () => {
    const { connection, error, reconnect } = injectConnection();
    return { shown: () => ({ connection: connection(), error: error() }), call: { reconnect } };
  },
  mutate: ({ resource }) => {
    const { mutate, pending, error, reset } = injectMutate(injectClient().resource(resource).patch);
    return {
      shown: () => ({ pending: pending(), error: error() }),
      call: { mutate: (key, data) => mutate(key, data as never), reset },
    };
  },
};

/** Angular's words for what the suite asks. */
const statusOf = {
  idle: "pending",
  loading: "pending",
  reloading: "success",
  resolved: "success",
  local: "success",
  error: "error",
} as const;

/** What a component shows of a live resource. */
export function useResource(live: LiveResource<unknown>): Use {
  return {
    shown: () => ({
      data: live.value(),
      status: statusOf[live.status()],
      connection: live.connection(),
      error: live.error() ?? null,
      isStale: live.isStale(),
      recovery: live.recovery(),
      updatedAt: live.updatedAt(),
    }),
    call: { refresh: () => live.refresh() },
  };
}

function shownOfWindow({ hasMore, total, isLoadingMore }: LiveWindowResource<unknown>): ShownByBinding {
  return { hasMore: hasMore(), total: total(), isLoadingMore: isLoadingMore() };
}
