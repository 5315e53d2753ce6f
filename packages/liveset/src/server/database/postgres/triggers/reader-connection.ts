import type { Client } from "pg";
import type { CaptureParts } from "../capture.ts";
import { setSession } from "../connections.ts";
import { quoted } from "../sql-name.ts";
import { channelOf } from "./capture-triggers.ts";

/** The one connection that releases transactions: it holds the lock that lets no other server do so, and is woken by writers. */
export class ReaderConnection {
  readonly #make: CaptureParts["makeClient"];
  readonly #schema: string;
  #client: Client | null = null;
  #onWake: () => void = () => {};
  #onLost: (error: unknown) => void = () => {};

  constructor(make: CaptureParts["makeClient"], schema: string) {
    this.#make = make;
    this.#schema = schema;
  }

  /** Calls the function when a writer has committed. */
  onWake(wake: () => void): void {
    this.#onWake = wake;
  }

  /** Calls the function when the connection is lost. */
  onLost(lost: (error: unknown) => void): void {
    this.#onLost = lost;
  }

  get isConnected(): boolean {
    return this.#client !== null;
  }

  /**
   * Connects, takes the lock and listens.
   *
   * @throws Error where another server has the lock.
   */
  async connect(): Promise<void> {
    const client = this.#make();
    // What is under way fails by itself; later, `use` finds no connection.
    const lost = (error: unknown): void => {
      if (this.#client !== client) return;
      this.#client = null;
      this.#onLost(error);
    };
    client.on("error", lost);
    client.on("end", () => lost(new Error("Connection terminated")));
    client.on("notification", () => this.#onWake());
    try {
      await client.connect();
      await setSession(client);
      const { rows } = await client.query<{ locked: boolean }>(
        "SELECT pg_try_advisory_lock(hashtext('liveset reader'), hashtext($1)) AS locked",
        [this.#schema],
      );
      if (rows[0]?.locked !== true)
        throw new Error(
          `Another liveset server reads the changes of this database (captureSchema "${this.#schema}"): there can be one at a time.`,
        );
      await client.query(`LISTEN ${quoted(channelOf(this.#schema))}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
  }

  /** Runs the work on the connection. */
  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    if (this.#client === null) throw new Error("Connection terminated: the changes are not being read.");
    return work(this.#client);
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => {});
  }
}
