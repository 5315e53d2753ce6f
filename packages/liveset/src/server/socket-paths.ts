import type { Dialect } from "./dialect/dialect.ts";
import type { NoticesFeed } from "./dialect/notices/notices-feed.ts";
import { restLiveDialect } from "./dialect/rest-live/rest-live.ts";
import type { Runtime } from "./runtime.ts";
import type { ServerOptions } from "./server-options.ts";

/** Where sockets are taken, and what is spoken there. */
export interface SocketPaths {
  /** The path of `liveset.v1`. */
  readonly own: string;
  takes(url: string): boolean;
  /** The dialect of a path that has one of its own; undefined: `liveset.v1`. */
  dialectAt(url: string): Dialect | undefined;
}

/**
 * The paths of a server's sockets, with or without a slash at their end.
 *
 * @throws Error where two dialects have one path.
 */
export function socketPaths(
  { resources }: Pick<Runtime, "resources">,
  { socketPath = "/ws/", restLive = {} }: Pick<ServerOptions, "socketPath" | "restLive">,
  notices: NoticesFeed | null,
): SocketPaths {
  const names = new Map([[bare(socketPath), "socketPath"]]);
  const dialects = new Map<string, Dialect>();
  const add = (name: string, path: string, dialect: Dialect): void => {
    const other = names.get(bare(path));
    if (other !== undefined)
      throw new Error(`${other} and ${name} are both "${path}": each needs a path of its own.`);
    names.set(bare(path), name);
    dialects.set(bare(path), dialect);
  };
  if (restLive !== false) {
    const { path = "/ws/subscribe/", public: isPublic = true } = restLive;
    add("restLive.path", path, restLiveDialect(resources.values(), isPublic));
  }
  if (notices !== null) add("notices.path", notices.path, notices.socket);
  const pathOf = (url: string): string => bare(new URL(url).pathname);
  return {
    own: socketPath,
    takes: (url) => pathOf(url) === bare(socketPath) || dialects.has(pathOf(url)),
    dialectAt: (url) => dialects.get(pathOf(url)),
  };
}

function bare(path: string): string {
  return path.replace(/\/+$/, "");
}
