import { createServer as createHttpServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import type { Api } from "../api.ts";
import { createServer, type LivesetServer } from "../create-server.ts";
import type { Log } from "../log.ts";
import type { Db } from "../register.ts";
import type { ServerOptions } from "../server-options.ts";
import { attachSockets } from "./attach-sockets.ts";
import { onSignals } from "./on-signals.ts";
import { toNodeHandler } from "./to-node-handler.ts";

/** Options of `serve`. */
export interface ServeOptions extends Omit<ServerOptions, "log"> {
  /** TCP port; 0 for any that is free. Default 8000. */
  readonly port?: number;
  /** Address to listen at. Default: all. */
  readonly host?: string;
  /** A logger of pino's shape, or the level of one that writes to standard output. Default `{ level: "info" }`. */
  readonly log?: Log | { readonly level: string };
  /** Whether SIGTERM and SIGINT close the server and then end the process. Default true. */
  readonly signals?: boolean;
  /**
   * Over how long `close` spreads the closing of open sockets, in ms, so that clients do not all connect elsewhere at once; requests are
   * answered and open sockets served meanwhile, new sockets refused (503). Default 0: all at once.
   */
  readonly drain?: number;
  /** How long `close` then waits for requests under way and for clients, in ms. Default 5000. */
  readonly patience?: number;
}

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://localhost:8000`. */
  readonly url: string;
  readonly port: number;
  readonly server: LivesetServer;
  readonly http: Server;
  /** The user's own Drizzle database. */
  readonly db: Db;
  /** As the server's `refresh`. */
  refresh(userId: string | number): Promise<void>;
  /** As the server's `revoke`. */
  revoke(userId: string | number): void;
  /** Stops listening, closes sockets (1001), lets requests finish, closes the database. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Serves an API over HTTP and WebSocket until it is closed.
 *
 * @throws whatever the database finds wrong, and Node's error where the port cannot be had.
 *
 * @example
 * ```ts
 * import type { Api } from "liveset";
 * import { serve } from "liveset/node";
 * import { sqlite } from "liveset/sqlite";
 *
 * declare const api: Api;
 * const server = await serve(api, { database: sqlite("todo.db"), port: 8000 });
 * ```
 */
export async function serve(api: Api, options: ServeOptions): Promise<RunningServer> {
  const { port = 8000, host, log = { level: "info" }, signals = true, drain = 0, patience = 5000 } = options;
  // Written at once: at the end of the process pino's own default may put the last lines before the one being written.
  const logger = isLog(log) ? log : pino({ level: log.level }, pino.destination({ dest: 1, sync: true }));
  const server = createServer(api, { ...options, log: logger });
  const http = createHttpServer(toNodeHandler(server));
  const detach = attachSockets(http, server);
  try {
    await server.open();
    await listen(http, port, host);
  } catch (fault) {
    await detach();
    await server.close();
    throw fault;
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= server.drain(drain).then(() => stop(http, server, detach, patience));
    return closing;
  };
  const url = urlOf(http, host);
  if (signals) http.once("close", onSignals(["SIGTERM", "SIGINT"], logger, close));
  logger.info({ url }, "listening");
  const { db, refresh, revoke } = server;
  return { url, port: addressOf(http).port, server, http, db, refresh, revoke, close };
}

function isLog(log: Log | { readonly level: string }): log is Log {
  return "info" in log && typeof log.info === "function";
}

function listen(http: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once("error", reject);
    http.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      http.off("error", reject);
      resolve();
    });
  });
}

/** What has not ended by itself after `patience` ms is cut off. */
async function stop(
  http: Server,
  server: LivesetServer,
  detach: () => Promise<void>,
  patience: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    http.close(() => resolve());
  });
  const ended = Promise.all([server.close(), closed]);
  let timer: NodeJS.Timeout | undefined;
  const cut = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  try {
    await Promise.race([ended, cut]);
  } finally {
    clearTimeout(timer);
    http.closeAllConnections();
    await detach();
  }
}

function addressOf(http: Server): AddressInfo {
  const address = http.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  return address;
}

function urlOf(http: Server, host: string | undefined): string {
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${addressOf(http).port}`;
}
