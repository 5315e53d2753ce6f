import { createClient } from "redis";
import type { Log } from "../../log.ts";

/** A connection to Redis. */
export type RedisConnection = ReturnType<typeof createClient>;

/** Silence of the server after which it counts as gone, in ms; it is pinged more often. */
const silence = 5_000;
const pingEvery = 1_000;

/** Before the next attempt to connect, in ms: the first time, and at most. */
const firstPause = 50;
const longestPause = 2_000;

/**
 * Connects. When the connection is lost later, it is made again until `destroy`; commands fail at once meanwhile.
 *
 * @throws Error where the server is not there or refuses
 */
export async function connectRedis(url: string, log: Log): Promise<RedisConnection> {
  const state = { connected: false };
  const client = makeClient(url, (retries) => {
    if (!state.connected) return false;
    return Math.random() * Math.min(longestPause, firstPause * 2 ** Math.min(retries, 10));
  });
  let told = false;
  client.on("error", (error: unknown) => {
    if (state.connected && !told) log.warn({ err: error }, "the connection to Redis was lost: trying again");
    told = true;
  });
  client.on("ready", () => {
    told = false;
  });
  try {
    await client.connect();
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw error;
  }
  state.connected = true;
  return client;
}

function makeClient(url: string, reconnectStrategy: (retries: number) => number | false): RedisConnection {
  return createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: pingEvery,
    socket: { connectTimeout: silence, socketTimeout: silence, reconnectStrategy },
  });
}
