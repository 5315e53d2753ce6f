import type { Client } from "pg";
import { LivesetError } from "../../../../core/error/liveset-error.ts";
import { Mutex } from "../../mutex.ts";
import type { CaptureParts } from "../capture.ts";
import { setSession } from "../connections.ts";

/** A connection beside the pool, for work that must not wait for one of it. It is made at need, and anew where it was lost. */
export class OwnClient {
  readonly #make: CaptureParts["makeClient"];
  #client: Promise<Client> | null = null;
  readonly #turns = new Mutex();
  #isEnded = false;

  constructor(make: CaptureParts["makeClient"]) {
    this.#make = make;
  }

  /**
   * Runs the work on the connection, one after another.
   *
   * @throws LivesetError `unavailable` after `end`, and whatever connecting throws.
   */
  use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      if (this.#isEnded) throw new LivesetError("unavailable", { detail: "The database is closed." });
      this.#client ??= this.#connect();
      return work(await this.#client);
    });
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    const client = await this.#client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  async #connect(): Promise<Client> {
    const client = this.#make();
    const lost = (): void => {
      this.#client = null;
    };
    client.on("error", lost);
    client.on("end", lost);
    try {
      await client.connect();
      await setSession(client);
      return client;
    } catch (error) {
      lost();
      throw error;
    }
  }
}
