import {
  getCurrentInstance,
  type MaybeRefOrGetter,
  onActivated,
  onDeactivated,
  onMounted,
  onScopeDispose,
  onServerPrefetch,
  toValue,
  watch,
} from "vue";
import { type FollowOptions, LiveFollower } from "../binding/live-follower.ts";
import type { LiveMethod } from "../binding/live-text.ts";
import type { Connection, LiveResult, Recovery } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";
import type { ResourceTypes } from "../core/api-types.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";
import { type ResultRefs, resultRefs, type Shown } from "./result-refs.ts";

/** A live result as refs, which may be destructured. What each says is described at `LiveResult`. */
export interface Live<T> {
  /** Never deeply reactive: rows are frozen, and an unchanged row stays the same object. */
  readonly data: Shown<T>;
  readonly status: Shown<LiveResult<T>["status"]>;
  readonly connection: Shown<Connection>;
  readonly error: Shown<LivesetError | null>;
  readonly isStale: Shown<boolean>;
  readonly recovery: Shown<Recovery | null>;
  readonly updatedAt: Shown<number | null>;
  /** Asks for a whole new snapshot. Freshness never needs it; a refused query is tried again by it. */
  refresh(): Promise<void>;
}

/**
 * A result that may be used at once, or awaited in an asynchronous setup below `<Suspense>`: then it comes when there is an answer, or a
 * refusal, which `error` shows. Awaiting never rejects.
 */
export type Awaitable<R> = R & PromiseLike<R>;

/** Options that every live composable has. */
export type UseLiveOptions = FollowOptions;

/**
 * Follows a live query until the scope ends, without a place on the server while `<KeepAlive>` keeps the component aside.
 *
 * @param text what is asked, of `liveText`
 */
export function useFollower<T, R extends ResourceTypes>(
  method: LiveMethod,
  resource: MaybeRefOrGetter<ResourceClient<R>>,
  text: () => string,
  options: UseLiveOptions | undefined,
): {
  readonly follower: LiveFollower<T>;
  readonly live: Live<T>;
  /** What only a window has. */
  readonly window: Pick<ResultRefs<T>, "hasMore" | "total" | "isLoadingMore">;
} {
  const asked = (): ResourceClient => toValue(resource) as unknown as ResourceClient;
  const follower = new LiveFollower<T>(asked(), method, text(), options);
  follower.open();
  watch([asked, text], () => follower.follow(asked(), text()));
  onScopeDispose(() => follower.release());
  const { data, status, connection, error, isStale, recovery, updatedAt, ...window } = useRefsOf(follower);
  const refresh = (): Promise<void> => follower.refresh();
  return {
    follower,
    live: { data, status, connection, error, isStale, recovery, updatedAt, refresh },
    window,
  };
}

function useRefsOf<T>(follower: LiveFollower<T>): ResultRefs<T> {
  const instance = getCurrentInstance();
  // A page that is taken over has its element already, and begins as the server has rendered it.
  const isRendered = instance !== null && instance.vnode.el !== null;
  const { refs, showAs } = resultRefs(follower, isRendered);
  if (instance === null) return refs;
  if (isRendered) onMounted(() => showAs("live"));
  // A server waits for the list; one that is refused is rendered as that.
  onServerPrefetch(() => follower.whenSettled().then(() => showAs("rendered")));
  onDeactivated(() => follower.release());
  onActivated(() => follower.open());
  return refs;
}

/** Makes the result of a composable one that may be awaited. */
export function awaitable<R extends object>(result: R, follower: LiveFollower<unknown>): Awaitable<R> {
  const then: PromiseLike<R>["then"] = (resolve, reject) =>
    follower
      .whenSettled()
      .then(() => result)
      .then(resolve, reject);
  // Not to be copied by `...`: what is made from a result is no promise of it.
  // biome-ignore lint/suspicious/noThenProperty: being awaited is what it is for; what it gives has none, so that awaiting ends.
  return Object.defineProperty({ ...result }, "then", { value: then }) as Awaitable<R>;
}
