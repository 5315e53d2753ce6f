import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Log } from "../../log.ts";

/** A connection, and whether it stands at the moment. */
export interface NatsLink {
  readonly nats: NatsConnection;
  readonly up: () => boolean;
  /** Calls back once, when the connection is lost or closed. */
  readonly onceDown: (callback: () => void) => () => void;
}

/** Before the next attempt to connect, in ms, at most. */
const longestPause = 1_000;

/** How long an answer of the server is waited for, in ms. */
export const answerTime = 3_000;

/**
 * Connects. When the connection is lost later, it is made again until it is closed.
 *
 * @param again called when it has been made again
 * @throws Error where no server is there, or where it refuses
 */
export async function connectNats(
  urls: readonly string[],
  name: string,
  log: Log,
  again: () => void,
): Promise<NatsLink> {
  const nats = await connect({
    ...addressesOf(urls),
    name: `liveset ${name}`,
    timeout: answerTime,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    pingInterval: 2_000,
    maxPingOut: 2,
    reconnectDelayHandler: () => 50 + Math.random() * longestPause,
  });
  let up = true;
  const waiting = new Set<() => void>();
  const down = (): void => {
    up = false;
    for (const callback of [...waiting]) callback();
  };
  void (async () => {
    for await (const status of nats.status()) {
      if (status.type === "reconnect") {
        up = true;
        log.info({}, "connected to NATS again");
        again();
      } else if (status.type === "disconnect" && !nats.isClosed()) {
        log.warn({ server: status.server }, "the connection to NATS was lost: trying again");
        down();
      }
    }
    down();
  })();
  return {
    nats,
    up: () => up && !nats.isClosed(),
    onceDown: (callback) => {
      waiting.add(callback);
      return () => void waiting.delete(callback);
    },
  };
}

/** The package takes addresses without credentials; here they stand in the URL, as elsewhere. */
function addressesOf(urls: readonly string[]) {
  const parsed = urls.map((url) => new URL(url.includes("://") ? url : `nats://${url}`));
  const [first] = parsed;
  const user = decodeURIComponent(first?.username ?? "");
  const pass = decodeURIComponent(first?.password ?? "");
  const credentials = pass !== "" ? { user, pass } : user !== "" ? { token: user } : {};
  return {
    servers: parsed.map(({ hostname, port }) => `${hostname}:${port === "" ? "4222" : port}`),
    ...credentials,
    ...(first?.protocol === "tls:" ? { tls: {} } : {}),
  };
}
