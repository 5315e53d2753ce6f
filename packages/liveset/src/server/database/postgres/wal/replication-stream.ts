import type { Client } from "pg";
import { setSession } from "../connections.ts";
import { literal, quoted } from "../sql-name.ts";

/** What a stream is made of. */
export interface ReplicationParts {
  /** A connection in replication mode. */
  readonly client: Client;
  /** Whether it is connected, and its session set, already. */
  readonly isConnected: boolean;
  readonly slot: string;
  readonly publication: string;
  /** Is given each message of the plugin. What it throws ends the stream. */
  readonly onMessage: (bytes: Buffer) => void;
  /** Is given how far the server has written, in bytes of WAL. */
  readonly onServerEnd: (end: number) => void;
  /** Up to where the slot may forget. */
  readonly confirmed: () => number;
  /** Is called once when the stream has ended after it had begun, with the reason. */
  readonly onEnd: (error: unknown) => void;
}

/** What node-postgres has beneath a client while data is copied both ways. */
interface CopyConnection {
  on(event: "copyData", listener: (message: { readonly chunk: Buffer }) => void): void;
  once(event: "replicationStart", listener: () => void): void;
  sendCopyFromChunk(chunk: Buffer): void;
}

/** Between two words to the server, in ms: it ends a connection that is silent for a minute, and so do we: it answers each. */
const sayEvery = 10_000;
const longestSilence = 60_000;

/** The server's time begins in 2000. */
const epoch2000 = 946_684_800_000;

/** Reads a replication slot: https://www.postgresql.org/docs/current/protocol-replication.html */
export class ReplicationStream {
  readonly #parts: ReplicationParts;
  #timer: ReturnType<typeof setInterval> | null = null;
  #begun = false;
  #ended = false;
  #heardAt = 0;

  constructor(parts: ReplicationParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the server has begun to send, from where the slot stands.
   *
   * @throws Error of the server's, such as that another process reads the slot; the connection is ended then.
   */
  async begin(): Promise<void> {
    const { client } = this.#parts;
    client.on("error", (error) => this.#end(error));
    client.on("end", () => this.#end(new Error("Connection terminated")));
    try {
      if (!this.#parts.isConnected) {
        await client.connect();
        // The texts of values in the stream are those of its own session.
        await setSession(client);
      }
      await this.#start();
    } catch (error) {
      this.#end(error);
      throw error;
    }
    if (this.#ended) return;
    this.#heardAt = Date.now();
    this.#timer = setInterval(() => {
      if (Date.now() - this.#heardAt > longestSilence)
        this.#end(new Error("The stream of changes is silent."));
      this.say();
    }, sayEvery);
    this.#timer.unref();
  }

  async #start(): Promise<void> {
    const { client, slot, publication } = this.#parts;
    const connection = connectionOf(client);
    connection.on("copyData", ({ chunk }) => this.#receive(chunk));
    const begun = new Promise<void>((resolve) =>
      connection.once("replicationStart", () => {
        this.#begun = true;
        resolve();
      }),
    );
    const ended = client.query(
      `START_REPLICATION SLOT ${quoted(slot)} LOGICAL 0/0 (proto_version '1', publication_names ${literal(quoted(publication))}, messages 'true')`,
    );
    // The query lasts as long as the stream.
    ended.then(
      () => this.#end(new Error("The server ended the replication.")),
      (error) => this.#end(error),
    );
    await Promise.race([begun, ended]);
  }

  /** Tells the server up to where the slot may forget. */
  say(): void {
    if (this.#ended) return;
    const word = Buffer.alloc(34);
    word.write("r");
    const confirmed = BigInt(this.#parts.confirmed());
    for (const at of [1, 9, 17]) word.writeBigInt64BE(confirmed, at);
    word.writeBigInt64BE(BigInt(Date.now() - epoch2000) * 1000n, 25);
    // It is to answer at once.
    word.writeUInt8(1, 33);
    connectionOf(this.#parts.client).sendCopyFromChunk(word);
  }

  /** Ends it for a reason of our own. */
  fail(error: unknown): void {
    this.#end(error);
  }

  async stop(): Promise<void> {
    this.say();
    this.#ended = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#parts.client.end().catch(() => {});
  }

  /** `w`: data after 24 bytes; `k`: the server's end, and whether it wants an answer. */
  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    this.#heardAt = Date.now();
    try {
      if (chunk[0] === 0x77) this.#parts.onMessage(chunk.subarray(25));
      if (chunk[0] !== 0x6b) return;
      this.#parts.onServerEnd(Number(chunk.readBigUInt64BE(1)));
      if (chunk[17] === 1) this.say();
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    void this.#parts.client.end().catch(() => {});
    // Before that, whoever has called `begin` is told.
    if (this.#begun) this.#parts.onEnd(error);
  }
}

function connectionOf(client: Client): CopyConnection {
  return (client as unknown as { readonly connection: CopyConnection }).connection;
}
