import { type View, viewCount, viewList, viewOne } from "../client/handle.ts";
import type { LiveHandle, LiveResult, LiveWindow } from "../client/live-handle.ts";
import { pendingRows, type Rows } from "../client/live-query.ts";
import { type Caller, makeResource, type Peek } from "../client/make-resource.ts";
import type { Target } from "../store/target.ts";
import { type AnyResource, type LiveMethod, openLive } from "./live-text.ts";

/** What a client has of a live query before anybody opens it. */
export interface Peeked<T> {
  /** Pending where there is nothing. */
  readonly present: LiveResult<T>;
  /** As `getServerSnapshot` of a handle. */
  readonly rendered: LiveResult<T>;
}

const views: { readonly [M in LiveMethod]: View<unknown> } = {
  live: viewList,
  liveOne: viewOne,
  liveCount: viewCount,
};

/** Shown where nothing is known: what it will be as soon as it is opened. */
const unopened: LiveResult<Rows> = { ...pendingRows, connection: "connecting" };

/**
 * Makes a function that looks at the live query of a text without asking the server for it, for frameworks that may render what they
 * never show.
 */
export function peekLive<T>(resource: AnyResource, method: LiveMethod, text: string): () => Peeked<T> {
  const { peek } = resource as Partial<{ readonly peek: Peek }>;
  const target = targetOf(resource, method, text);
  const view = views[method] as View<T>;
  return () => {
    const [present, rendered] = target === null ? [pendingRows, pendingRows] : resultsOf(peek?.(target));
    return { present: view(present), rendered: view(rendered) };
  };
}

function resultsOf(found: ReturnType<Peek>): readonly [LiveResult<Rows>, LiveResult<Rows>] {
  if (found === undefined) return [unopened, pendingRows];
  if ("result" in found) return [found.result.getSnapshot(), found.rendered];
  const { rows: data, updatedAt, total, hasMore } = found;
  const rendered = asRendered({ ...pendingRows, status: "success", data, updatedAt, total, hasMore });
  return [rendered, rendered];
}

/** What a method would ask the server for; null where it is off. */
function targetOf(resource: AnyResource, method: LiveMethod, text: string): Target | null {
  let target: Target | null = null;
  const take = (asked: Target | null): LiveHandle<unknown> & LiveWindow<unknown> => {
    target = asked;
    return undefined as never;
  };
  const caller: Partial<Caller> = { live: take, liveWindow: take, liveCount: take, liveOne: take };
  openLive(makeResource(resource.name, caller as Caller), method, text);
  return target;
}

/** A result as a server renders it, and as the browser that hydrates its state has it at first. */
export function asRendered<T>(result: LiveResult<T>): LiveResult<T> {
  return { ...result, connection: "paused", error: null, isStale: true, recovery: null };
}
