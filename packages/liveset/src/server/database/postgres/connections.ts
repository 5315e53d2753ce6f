import pg, { type Client, type ClientBase, type Pool, type PoolClient } from "pg";
import type { ConnectionMode } from "./capture.ts";
import { isConnectionFailure } from "./postgres-error.ts";

/** Texts of values must not depend on the server's settings: the log holds them, and memory compares them. */
const sessionSettings =
  "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'";

/** How long a connection of our own pool may take to be made or to come free, in ms. */
const connectWithin = 10_000;

/** The fewest connections with which nothing waits for itself. */
export const fewestConnections = 4;

/** The pool, ours or the user's, and connections beside it. */
export class Connections {
  readonly pool: Pool;
  readonly #isOwn: boolean;
  readonly #onError: (error: unknown) => void;
  /** Connections whose session is set. */
  readonly #set = new WeakSet<PoolClient>();

  constructor(source: string | Pool, most: number, onError: (error: unknown) => void) {
    this.#isOwn = typeof source === "string";
    this.pool =
      typeof source === "string"
        ? new pg.Pool({
            connectionString: source,
            max: most,
            application_name: "liveset",
            // A machine that does not answer is unavailable, not waited for without end.
            connectionTimeoutMillis: connectWithin,
            keepAlive: true,
          })
        : source;
    this.#onError = onError;
    this.pool.on("error", onError);
  }

  /** How many connections the pool has at most. */
  get most(): number {
    return this.pool.options.max;
  }

  /** A connection beside the pool, not yet connected; whoever made it ends it. */
  makeClient(mode?: ConnectionMode): Client {
    return new pg.Client({ ...this.pool.options, ...mode });
  }

  /** Runs the work on a connection of the pool. A connection that is lost is not used again. */
  async with<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let isLost = false;
    try {
      await this.#prepare(client);
      return await work(client);
    } catch (error) {
      isLost ||= isConnectionFailure(error);
      throw error;
    } finally {
      client.release(isLost);
    }
  }

  async #prepare(client: PoolClient): Promise<void> {
    if (this.#set.has(client)) return;
    this.#set.add(client);
    // Without a listener, a connection that is lost between two queries, or while it is being ended, would end the process. The
    // next query says what is the matter.
    client.on("error", () => {});
    await setSession(client);
  }

  /** Ends the pool where it is ours; a user's is left as it was. */
  async end(): Promise<void> {
    this.pool.off("error", this.#onError);
    if (!this.#isOwn) return;
    // Connections of ours may still be cut off while they end: without a listener that would end the process.
    this.pool.on("error", () => {});
    await this.pool.end();
  }
}

/** Sets what texts of values depend on, for the session of a connection. */
export async function setSession(client: ClientBase): Promise<void> {
  await client.query(sessionSettings);
}
