import type { CompiledResource } from "../../compiled-resource.ts";
import type { Dialect } from "../dialect.ts";
import { noticesDialect } from "./notices.ts";
import type { NoticesOptions } from "./notices-options.ts";
import { watchedOf } from "./watched.ts";

/** Where a server tells notices, and how. */
export interface NoticesFeed {
  /** The path of the WebSocket. */
  readonly path: string;
  readonly socket: Dialect;
  /** The event stream; null where there is none. */
  readonly events: { readonly path: string; readonly dialect: Dialect } | null;
  /** Whether clients that are nobody may hear it. */
  readonly isPublic: boolean;
}

/**
 * The feed of notices that a server's options ask for, null for none.
 *
 * @throws Error where an option speaks of a resource that there is not, and where the stream's path is that of a resource.
 */
export function noticesFeed(
  resources: ReadonlyMap<string, CompiledResource>,
  options: false | NoticesOptions = {},
): NoticesFeed | null {
  if (options === false) return null;
  const { path = "/ws/notifications/", public: isPublic = true } = options;
  const watching = watchedOf(resources, options);
  const events = eventsPath(resources, options.events);
  return {
    path,
    socket: noticesDialect(watching, isPublic, "socket"),
    events: events === null ? null : { path: events, dialect: noticesDialect(watching, isPublic, "events") },
    isPublic,
  };
}

/** Below the prefix, without slashes around it. */
function eventsPath(
  resources: ReadonlyMap<string, CompiledResource>,
  events: string | false | undefined,
): string | null {
  if (events === false) return null;
  const path = (events ?? "notifications").replace(/^\/+|\/+$/g, "");
  const [first = ""] = path.split("/");
  if (path === "") throw new Error("notices.events is empty: give it a path, or false.");
  if (!resources.has(first)) return path;
  // A resource of this name was there before the feed.
  if (events === undefined) return null;
  throw new Error(
    `notices.events is "${events}", which is the path of the resource "${first}": give it another.`,
  );
}
