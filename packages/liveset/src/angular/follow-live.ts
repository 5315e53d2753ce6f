import {
  computed,
  DestroyRef,
  effect,
  inject,
  linkedSignal,
  NgZone,
  PendingTasks,
  type Signal,
  signal,
  untracked,
} from "@angular/core";
import { type AskedOptions, isOff, type LiveMethod, liveText, openLive } from "../binding/live-text.ts";
import type { LiveHandle, LiveResult, LiveWindow } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import type { LiveResourceOptions, MaybeFunction } from "./live-resource.ts";

/** What is to be followed, not evaluated yet. */
export interface LiveSource<T> {
  readonly method: LiveMethod;
  /** The value while there is none. */
  readonly empty: T;
  readonly resource: MaybeFunction<unknown>;
  /** A query or a key; null and undefined are off. */
  readonly query: MaybeFunction<unknown>;
  readonly options: MaybeFunction<AskedOptions & LiveResourceOptions> | undefined;
}

/** A live query that is followed for as long as the injector lives: a component's, a store's, or the application's. */
export interface FollowedLive<T> {
  readonly result: Signal<LiveResult<T>>;
  /** Whether nothing is asked for. */
  readonly isIdle: Signal<boolean>;
  /** What is followed at this moment; null until it was opened, and when all is over. */
  readonly handle: Signal<AnyHandle<T> | null>;
}

type AnyHandle<T> = LiveHandle<T> & Partial<LiveWindow<T>>;

/** What is asked for at one moment. */
interface Asked {
  readonly resource: ResourceClient<ResourceTypes>;
  readonly text: string;
  readonly keepPrevious: boolean | undefined;
}

/** Opens what is asked for when its component is looked at, as Angular's own resources do: required inputs are there then. */
export function followLive<T>({ method, empty, resource, query, options }: LiveSource<T>): FollowedLive<T> {
  const asked = computed(
    (): Asked => {
      const now = valueIn(options);
      return {
        resource: valueIn(resource) as ResourceClient<ResourceTypes>,
        text: liveText(valueIn(query), now),
        keepPrevious: now?.keepPrevious,
      };
    },
    { equal: (a, b) => a.resource === b.resource && a.text === b.text },
  );
  const isIdle = computed(() => isOff(asked().text));
  // From the moment on in which something else is asked for nothing of before is shown as its answer.
  const result = linkedSignal<Asked, LiveResult<T>>({
    source: asked,
    computation: ({ keepPrevious }, before) => between(isIdle(), keepPrevious, before?.value, empty),
  });
  const handle = signal<AnyHandle<T> | null>(null);
  const follow = (now: Asked): void => {
    const old = handle();
    const next = openLive<T>(now.resource, method, now.text);
    let kept: LiveResult<T> | null = result();
    const show = (): void => {
      if (untracked(() => handle() !== next || asked() !== now)) return;
      const shown = next.getSnapshot();
      if (shown.status !== "pending" || kept?.updatedAt === null) kept = null;
      result.set(kept === null ? shown : { ...kept, connection: shown.connection, error: shown.error });
    };
    handle.set(next);
    next.subscribe(show);
    // After the new one was opened, so that an equal query stays the same subscription.
    old?.release();
    show();
  };
  const zone = inject(NgZone);
  effect(() => {
    const now = asked();
    // A socket and its timers are no reason to look at every component, or to call an application unstable.
    untracked(() => zone.runOutsideAngular(() => follow(now)));
  });
  inject(DestroyRef).onDestroy(() => {
    handle()?.release();
    handle.set(null);
  });
  waitFor(computed(() => !isIdle() && result().status === "pending" && result().error === null));
  return { result, isIdle, handle };
}

/** What is shown from the moment in which something else is asked for until it is opened. */
function between<T>(
  isIdle: boolean,
  keepPrevious: boolean | undefined,
  before: LiveResult<T> | undefined,
  empty: T,
): LiveResult<T> {
  const kept = keepPrevious && !isIdle && before?.updatedAt != null ? before : null;
  return {
    data: empty,
    recovery: null,
    updatedAt: null,
    ...kept,
    status: "pending",
    connection: isIdle ? "paused" : "connecting",
    error: null,
    isStale: kept !== null,
  };
}

/** Has a page that is rendered on a server wait. */
function waitFor(isWaiting: Signal<boolean>): void {
  const tasks = inject(PendingTasks);
  effect((onCleanup) => {
    if (isWaiting()) onCleanup(tasks.add());
  });
}

function valueIn<T>(given: MaybeFunction<T>): T {
  return typeof given === "function" ? (given as () => T)() : given;
}
