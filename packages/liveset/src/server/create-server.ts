import { LivesetError } from "../core/error/liveset-error.ts";
import { acceptSocket, type Ready } from "./accept-socket.ts";
import { answerRequest, failureResponse } from "./answer-request.ts";
import type { Api } from "./api.ts";
import { createRuntime } from "./create-runtime.ts";
import { noticesFeed } from "./dialect/notices/notices-feed.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Limits } from "./limits.ts";
import { clusterHub } from "./live/cluster-hub.ts";
import { createHub, type Hub, type HubStats } from "./live/create-hub.ts";
import type { Explanation } from "./live/explanation.ts";
import { originAllowed } from "./origin.ts";
import type { Db, User } from "./register.ts";
import { createRest } from "./rest/create-rest.ts";
import { problemResponse } from "./rest/problem-response.ts";
import { restSettings } from "./rest/rest-settings.ts";
import type { RestBindings } from "./rest/settings.ts";
import { RightsChanges } from "./rights-changes.ts";
import type { Runtime } from "./runtime.ts";
import type { ServerOptions } from "./server-options.ts";
import type { Socket } from "./socket.ts";
import { socketPaths } from "./socket-paths.ts";
import { systemClock } from "./system-clock.ts";

/** A server without a network: give it requests and sockets. Made by `createServer`. */
export interface LivesetServer {
  /** Answers a request; opens the server first where that was not done. `address` is the client's, where the transport knows it. */
  fetch(request: Request, address?: string): Promise<Response>;
  /** The answer that refuses a WebSocket's handshake, or null where it may be accepted. */
  refuse(request: Request): Promise<Response | null>;
  /** Takes over an open socket. `request` is that of its handshake, as it was given to `refuse`. */
  accept(socket: Socket, request: Request): void;
  /**
   * The user's own Drizzle database. Writes through it are seen like all others. On PostgreSQL it has its type where `PostgresDb` is
   * registered (`interface Register { db: PostgresDb }`); that of `postgres(…).db` always has.
   */
  readonly db: Db;
  /** Path of the REST interface, without a slash at its end. */
  readonly prefix: string;
  /** Path of the WebSocket. */
  readonly socketPath: string;
  /** Whether sockets are taken at the path of this URL, for whatever dialect. */
  takesSockets(url: string): boolean;
  readonly limits: Limits;
  /** Open connections, subscriptions, and groups of equal ones. */
  stats(): HubStats;
  /**
   * Why a client gets what it gets: the condition of a subscription, how changes find it, what waits for its connection, its
   * last error, and why a row is or is not in it. For those who look after the server: it shows what clients must not see.
   *
   * @param session the id in the `welcome` frame
   * @param subscription the client's own id of it, as in `subscribe`
   * @returns null where no such connection is open, or it knows no such subscription
   *
   * @example
   * ```ts
   * import type { LivesetServer } from "liveset";
   *
   * export async function whyNot(server: LivesetServer, session: string) {
   *   const explanation = await server.explain(session, "s1");
   *   const row = await explanation?.row(42);
   *   return row?.reasons.filter(({ holds }) => !holds); // [{ condition: '["done","exact",false]', holds: false }]
   * }
   * ```
   */
  explain(session: string, subscription: string): Promise<Explanation | null>;
  /**
   * Puts a principal's changed rights into force on its open sockets: each is authenticated anew with its handshake or token, and
   * lists that its scopes now give otherwise are told the difference, or sent anew where that is not known; nothing of the old ones is
   * sent meanwhile. Resolves when that is done here; the other nodes of a cluster are told at the same time.
   *
   * @param userId as `principalId` gives it
   */
  refresh(userId: string | number): Promise<void>;
  /**
   * Closes a principal's open sockets at once with 4401 `session_expired`, those of the other nodes of a cluster too; the client does
   * not connect again by itself.
   */
  revoke(userId: string | number): void;
  /**
   * Opens the database and begins to listen to its changes, once.
   * @throws whatever the database finds wrong, such as a table that does not exist.
   */
  open(): Promise<void>;
  /**
   * Lets clients go to other servers before `close`: refuses new sockets (503), and closes those that are open with 1001, spread evenly
   * over a time, in ms. What is open goes on meanwhile, and requests are answered. Resolves when all are closed.
   */
  drain(time: number): Promise<void>;
  /** Closes sockets (1001), lets requests finish, closes the database. Further requests are answered `going_away`. */
  close(): Promise<void>;
}

/**
 * Serves an API over any transport that has web-standard requests.
 *
 * @throws Error where options contradict each other.
 *
 * @example
 * ```ts
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { createServer, defineApi, resource } from "liveset";
 * import { sqlite } from "liveset/sqlite";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull() });
 * const database = sqlite(":memory:");
 * await database.db.run("create table tasks (id integer primary key, text text not null)");
 * const server = createServer(defineApi({ tasks: resource(tasks) }), { database });
 * const response = await server.fetch(new Request("http://localhost/api/tasks/"));
 * console.log(await response.json()); // { count: 0, next: null, previous: null, results: [] }
 * ```
 */
export function createServer(api: Api, options: ServerOptions): LivesetServer {
  const clock = options.clock ?? systemClock;
  const runtime = createRuntime(api, options);
  const notices = noticesFeed(runtime.resources, options.notices);
  const settings = restSettings(runtime, options, clock, notices);
  const rest = createRest(runtime, settings);
  const sockets = socketPaths(runtime, api, options, notices);
  const gate = makeGate(() => life.started());
  const rights = new RightsChanges();
  const life = createLifecycle(runtime, () =>
    clusterHub(runtime, createHub(runtime, { clock }), rights.changing),
  );
  const principalOf = rememberPrincipals(runtime, rights.watch);
  const answer = async (request: Request, bindings: RestBindings): Promise<Response> => {
    if (isBelow(settings.prefix, request)) return rest.fetch(request, bindings);
    return (await options.fallback?.(request)) ?? problemResponse(new LivesetError("not_found"));
  };
  return {
    fetch: (request, address = "") =>
      answerRequest(runtime, clock, request, (signedIn) =>
        life.during((hub) => answer(request, { address, signedIn, hub, watchRights: rights.watch })),
      ),
    refuse: async (request) => {
      try {
        gate.ensureOpen();
        if (!originAllowed(request, settings.origins)) throw new LivesetError("origin_refused");
        await life.open();
        await principalOf(request);
        return null;
      } catch (thrown) {
        return failureResponse(runtime, thrown);
      }
    },
    accept: (socket, request) => {
      const ready = async (): Promise<Ready> => ({ hub: await life.open(), ...(await principalOf(request)) });
      const dialect = sockets.dialectAt(request.url, socket.protocol);
      void acceptSocket(runtime, clock, socket, request, ready, dialect);
    },
    db: runtime.database.db,
    prefix: settings.prefix,
    socketPath: sockets.own,
    takesSockets: sockets.takes,
    limits: runtime.limits,
    stats: () => life.started()?.stats() ?? { connections: 0, subscriptions: 0, opening: 0, groups: 0 },
    explain: async (session, subscription) => life.started()?.explain(session, subscription) ?? null,
    refresh: async (userId) => {
      rights.changing();
      await life.started()?.refresh(String(userId));
    },
    revoke: (userId) => {
      rights.changing();
      life.started()?.revoke(String(userId));
    },
    open: async () => {
      await life.open();
    },
    drain: gate.drain,
    close: life.close,
  };
}

/**
 * A handshake's principal is asked for twice, by `refuse` and by `accept`, and found once, unless anybody's rights
 * were changed meanwhile: that must not miss a socket that is just being opened.
 */
function rememberPrincipals(
  runtime: Runtime,
  watchRights: () => () => boolean,
): (request: Request) => Promise<Pick<Ready, "user" | "isCurrent">> {
  const principals = new WeakMap<
    Request,
    { readonly user: Promise<User | null>; readonly isCurrent: () => boolean }
  >();
  return async (request) => {
    const known = principals.get(request);
    const isKnown = known?.isCurrent() === true;
    // Watched before it is asked for.
    const found = isKnown ? known : { isCurrent: watchRights(), user: runtime.authenticate(request) };
    principals.set(request, found);
    return { ...found, user: await found.user };
  };
}

/** Lets sockets in until the server drains. */
function makeGate(started: () => Hub | undefined) {
  let draining = false;
  return {
    ensureOpen(): void {
      if (draining) throw new LivesetError("going_away");
    },
    async drain(time: number): Promise<void> {
      draining = true;
      await started()?.drain(time);
    },
  };
}

function isBelow(prefix: string, request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname === prefix || pathname.startsWith(`${prefix}/`);
}
