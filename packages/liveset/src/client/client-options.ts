import type { Clock } from "../core/clock.ts";
import type { ClientStore } from "../store/client-store.ts";
import type { Backoff } from "./backoff.ts";
import type { TokenSource } from "./connection.ts";
import type { Surroundings } from "./events.ts";
import type { OpenWebSocket } from "./web-socket.ts";

/** Options of a client. All may be left out. */
export interface ClientOptions {
  /** The token to present on every connection, or a function that gets one. Null and none: cookies only. */
  readonly token?: TokenSource;
  /** The address of the REST API. Default: `/api/` beside the socket's address. */
  readonly restUrl?: string;
  /** Whether operations use HTTP while the socket is not open. Default: they wait for it. */
  readonly httpFallback?: boolean;
  /** How long an operation may take over the socket, the wait for a connection included, in ms. Default: for ever. */
  readonly timeout?: number;
  /** How the pauses between attempts to connect grow. */
  readonly backoff?: Partial<Backoff>;
  /** How long a live query is kept after its last handle was released, in ms. Default 1,000. */
  readonly keepAlive?: number;
  /** Is given what listeners throw, and errors of the server that belong to no call. Default: what listeners throw is thrown, later. */
  readonly onError?: (error: unknown) => void;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Default: the global `WebSocket`. */
  readonly webSocket?: OpenWebSocket;
  /** Where the lists have their rows. With one, writes are shown at once: see `createStore` of `liveset/store`. */
  readonly store?: ClientStore;
  readonly clock?: Clock;
  /** Numbers from 0 up to 1, for the jitter. */
  readonly random?: () => number;
  /** Default: the events of window and document, where there are such. */
  readonly events?: Surroundings;
}
