import type { Clock } from "../core/clock.ts";
import type { ClusterLog } from "./cluster/cluster-log.ts";
import type { Database } from "./database/database.ts";
import type { DcrfOptions } from "./dialect/dcrf/dcrf-options.ts";
import type { NoticesOptions } from "./dialect/notices/notices-options.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { User } from "./register.ts";
import type { CorsOptions } from "./rest/cors.ts";

/** How often a client may use the REST interface: a token bucket each. */
export interface RateLimit {
  /** Requests at once. */
  readonly burst: number;
  /** How many more each second. */
  readonly perSecond: number;
  /** Names the client. Default: the principal's id, else the network address where the transport knows it. */
  readonly key?: (request: Request, user: User | null) => string;
}

/** How clients of django-rest-live are served. */
export interface RestLiveOptions {
  /** Default `/ws/subscribe/`. */
  readonly path?: string;
  /** False: clients that are not signed in are closed with 4003. Default: true. */
  readonly public?: boolean;
}

/** What a server needs, and what may be set. */
export interface ServerOptions {
  /** Such as `sqlite("todo.db")` of `liveset/sqlite`. */
  readonly database: Database<unknown>;
  /**
   * What several servers of one database share, such as `redisStreams(url)` of `liveset/redis`: `refresh` and `revoke` then reach
   * the open sockets of all, and PostgreSQL's changes are read by one of them and published to all. Servers of one SQLite file each read
   * its changes themselves. It is opened before the database and closed after it.
   *
   * `"slots"`, for PostgreSQL with logical replication: no broker; every server reads the changes by a temporary replication slot of its
   * own, and `refresh` and `revoke` go through the database. A client that goes to another server resumes there where that
   * one has been reading since before the client's cursor; else its lists are sent anew. Default: this server is alone.
   */
  readonly cluster?: ClusterLog | "slots";
  /**
   * The principal of a request, null for nobody. Used alike by REST and the socket. A thrown `LivesetError` refuses
   * the request. Default: nobody is ever signed in.
   */
  readonly authenticate?: (request: Request) => User | null | Promise<User | null>;
  /**
   * When the session of a request's principal ends, as a date or in ms since 1970; null where it does not. An open socket's principal
   * is then asked for again, with the handshake or token that it came from. Default: never.
   */
  readonly expiresAt?: (user: User, request: Request) => Date | number | null;
  /** What becomes of an open socket whose session has ended: closed with 4401 (default), or nobody's. */
  readonly onExpiry?: "close" | "anonymous";
  /** The id under which a principal's mutation ids are kept. Default: the principal's `id`. */
  readonly principalId?: (user: User) => string;
  readonly limits?: Partial<Limits>;
  /** A pino logger, or any of its shape. Default: silence. */
  readonly log?: Log;
  /** Pages of other origins that may use REST. Default: none. */
  readonly cors?: CorsOptions;
  /** Origins, beside the server's own, whose pages may write and open sockets with their visitors' cookies. Default: none. */
  readonly origins?: readonly string[];
  /** The origin that browsers see, such as `https://example.com`, where a proxy hides it from the server. */
  readonly publicOrigin?: string;
  /** Path of the REST interface. Default `/api`. */
  readonly prefix?: string;
  /** Path of the WebSocket. Default `/ws/`. */
  readonly socketPath?: string;
  /** The WebSocket for clients of django-rest-live; false: none. Default: at `/ws/subscribe/`, for anybody. */
  readonly restLive?: false | RestLiveOptions;
  /** The WebSocket and the event stream for clients of SmartNgRX; false: none. Default: at `/ws/notifications/` and `/api/notifications/`, for anybody. */
  readonly notices?: false | NoticesOptions;
  /** What is spoken at `socketPath` with clients that offer no subprotocol, such as dcrf-client; false: `liveset.v1`. Default: a stream for each resource. */
  readonly dcrf?: false | DcrfOptions;
  /** Default: none. */
  readonly rateLimit?: RateLimit;
  /** Answers what lies outside of the prefix. Default: 404. */
  readonly fallback?: (request: Request) => Response | Promise<Response>;
  /** Default: the real time. */
  readonly clock?: Clock;
}
