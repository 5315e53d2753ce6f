import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { LivesetError } from "../../../../core/error/liveset-error.ts";
import { Listeners } from "../../../cluster/listeners.ts";
import type { NodeChannel } from "../../../cluster/node-channel.ts";
import type { CaptureParts } from "../capture.ts";
import { quoted } from "../sql-name.ts";
import { tryAgain } from "../try-again.ts";
import { cutMessage, MessageJoiner } from "./message-pieces.ts";

/** Between two looks at the connection that listens, and how long one may take, in ms. */
const lookEvery = 3_000;
const patience = 3_000;

/** Messages between nodes by LISTEN and NOTIFY, on a connection of its own. */
export class NotifyChannel implements NodeChannel {
  readonly #parts: Pick<CaptureParts, "makeClient" | "withClient" | "log">;
  readonly #name: string;
  readonly #listeners = new Listeners();
  readonly #ended = new AbortController();
  #client: Client | null = null;
  #following: Promise<unknown> = Promise.resolve();

  constructor(parts: Pick<CaptureParts, "makeClient" | "withClient" | "log" | "schema">) {
    this.#parts = parts;
    this.#name = `${parts.schema.slice(0, 50)}_nodes`;
  }

  /**
   * Begins to listen. A connection that is lost is made again.
   *
   * @throws Error where the first one cannot be made.
   */
  async begin(): Promise<void> {
    const client = await this.#connect();
    this.#following = this.#follow(client);
  }

  async send(message: string): Promise<void> {
    try {
      // In one transaction: no other message comes between its pieces.
      await this.#parts.withClient((client) =>
        client.query("SELECT pg_notify($1, piece) FROM unnest($2::text[]) AS piece", [
          this.#name,
          cutMessage(message),
        ]),
      );
    } catch (error) {
      throw new LivesetError("unavailable", {
        detail: "Other servers cannot be told.",
        retryAfter: 1,
        cause: error,
      });
    }
  }

  listen(listener: (message: string) => void, missed?: () => void): () => void {
    return this.#listeners.add(listener, missed);
  }

  async end(): Promise<void> {
    this.#ended.abort();
    this.#listeners.clear();
    await this.#client?.end().catch(() => {});
    await this.#following;
  }

  /** Until it ends: waits for the connection to be lost, makes another. */
  async #follow(first: Client): Promise<void> {
    const { signal } = this.#ended;
    const { log } = this.#parts;
    let client = first;
    for (;;) {
      await lossOf(client, signal);
      // One that does not answer would not take leave either.
      void client.end().catch(() => {});
      if (signal.aborted) return;
      log.warn({}, "messages of other servers cannot be heard: connecting again");
      const isBack = await tryAgain(
        async () => {
          client = await this.#connect();
        },
        { signal, log, what: "messages of other servers still cannot be heard" },
      );
      if (!isBack) return;
      this.#listeners.missed();
    }
  }

  async #connect(): Promise<Client> {
    const client = this.#parts.makeClient();
    const joiner = new MessageJoiner();
    client.on("error", () => {});
    client.on("notification", ({ payload = "" }) => {
      const message = joiner.add(payload);
      if (message !== null) this.#listeners.hear(message);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${quoted(this.#name)}`);
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
    if (this.#ended.signal.aborted) await client.end().catch(() => {});
    return client;
  }
}

/** Resolves when a connection has ended, does not answer any more, or is not needed. */
async function lossOf(client: Client, ended: AbortSignal): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  client.once("end", end);
  client.once("error", end);
  ended.addEventListener("abort", end);
  const { signal } = over;
  while (!signal.aborted) {
    await delay(lookEvery, null, { signal, ref: false }).catch(() => {});
    if (signal.aborted) break;
    const late = delay(patience, false, { signal, ref: false }).catch(() => false);
    const answers = await Promise.race([
      client.query("SELECT").then(
        () => true,
        () => false,
      ),
      late,
    ]);
    if (!answers) end();
  }
  ended.removeEventListener("abort", end);
}
