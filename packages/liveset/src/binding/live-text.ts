import type { LiveHandle } from "../client/live-handle.ts";
import type { ResourceClient } from "../client/resource-client.ts";

/** The method of a resource that a live query is opened by. A window is `live` with a `limit`. */
export type LiveMethod = "live" | "liveOne" | "liveCount";

/** Those options of a live query that the server is asked with. */
export interface AskedOptions {
  readonly params?: unknown;
  readonly fields?: unknown;
  readonly with?: unknown;
}

/**
 * A live query as text, so that one made anew is seen to be equal to the one before, and parts of a reactive one are all read.
 *
 * @param query a query or a key; null and undefined are off
 */
export function liveText(query: unknown, options: AskedOptions | undefined): string {
  const { params, fields, with: nested } = options ?? {};
  return JSON.stringify([query ?? null, { params, fields, with: nested }]);
}

/** Whether a text asks for nothing. */
export function isOff(text: string): boolean {
  return (JSON.parse(text) as [unknown, unknown])[0] === null;
}

/** A resource, of whatever types. */
export type AnyResource = Pick<ResourceClient, "name">;

/** Opens the query of a text. */
export function openLive<T>(resource: AnyResource, method: LiveMethod, text: string): LiveHandle<T> {
  const [query, options] = JSON.parse(text) as [unknown, unknown];
  const open = (resource as ResourceClient)[method] as (query: unknown, options: unknown) => LiveHandle<T>;
  return open(query, options);
}
