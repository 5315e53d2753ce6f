import { protocolName } from "../core/protocol/name.ts";
import type { Api } from "./api.ts";
import { dcrfDialect } from "./dialect/dcrf/dcrf.ts";
import { compileStreams } from "./dialect/dcrf/stream.ts";
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
  /** What is spoken at a path by a client with whom this subprotocol was agreed on, empty for none; undefined: `liveset.v1`. */
  dialectAt(url: string, protocol: string): Dialect | undefined;
}

/**
 * The paths of a server's sockets, with or without a slash at their end.
 *
 * @throws Error where two dialects have one path, or a stream of `dcrf` is declared wrongly.
 */
export function socketPaths(
  { resources, limits }: Pick<Runtime, "resources" | "limits">,
  api: Api,
  { socketPath = "/ws/", restLive = {}, dcrf = {} }: Pick<ServerOptions, "socketPath" | "restLive" | "dcrf">,
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
  const unnamed = dcrf === false ? undefined : dcrfDialect(compileStreams(resources, api, dcrf), limits);
  const pathOf = (url: string): string => bare(new URL(url).pathname);
  return {
    own: socketPath,
    takes: (url) => pathOf(url) === bare(socketPath) || dialects.has(pathOf(url)),
    dialectAt: (url, protocol) =>
      dialects.get(pathOf(url)) ?? (protocol === protocolName ? undefined : unnamed),
  };
}

function bare(path: string): string {
  return path.replace(/\/+$/, "");
}
