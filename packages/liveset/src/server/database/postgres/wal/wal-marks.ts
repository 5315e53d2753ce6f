import type { Client } from "pg";
import { LivesetError } from "../../../../core/error/liveset-error.ts";
import { Mutex } from "../../mutex.ts";
import type { CaptureParts } from "../capture.ts";
import { setSession } from "../connections.ts";
import { noteInWal } from "./note-in-wal.ts";

/** For what a mark is waited: that it is received, or that all before it was given to listeners. */
export type MarkAim = "received" | "given";

interface Waiting {
  readonly aim: MarkAim;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a mark may take through the stream, in ms. */
const longest = 20_000;

/** Marks that are written into the WAL and come back in the stream: all that was committed before stands before them. */
export class WalMarks {
  readonly #make: CaptureParts["makeClient"];
  readonly #instance: string;
  #client: Promise<Client> | null = null;
  readonly #turns = new Mutex();
  #count = 0;
  #isEnded = false;
  /** Why no mark can come back. */
  #refusal: unknown = null;
  readonly #waiting = new Map<string, Waiting>();
  /** Received while transactions before them were held. */
  #held: string[] = [];

  constructor(make: CaptureParts["makeClient"], instance: string) {
    this.#make = make;
    this.#instance = instance;
  }

  /**
   * Writes a mark, and resolves when it has come back. Marks are written one after another; `onTurn` is called when it is this one's
   * turn: what was committed until then stands before it.
   *
   * @throws LivesetError `unavailable` where it takes too long, or the error of a connection that is lost, or what marks are refused with.
   */
  async write(aim: MarkAim, onTurn: () => void = () => {}): Promise<void> {
    if (this.#refusal !== null) throw this.#refusal;
    const id = `${this.#instance}:${++this.#count}`;
    const back = new Promise<void>((resolve, reject) => this.#waiting.set(id, { aim, resolve, reject }));
    // It may fail before anybody waits for it.
    back.catch(() => {});
    const late = new LivesetError("unavailable", {
      detail: "The changes of the database are late.",
      retryAfter: 2,
    });
    const timer = setTimeout(() => this.#waiting.get(id)?.reject(late), longest);
    try {
      await this.#turns.run(async () => {
        onTurn();
        await noteInWal(await this.#connected(), ["mark", id]);
      });
      await back;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Marks have come back. */
  received(ids: readonly string[]): void {
    for (const id of ids) if (this.#waiting.get(id)?.aim === "received") this.#waiting.get(id)?.resolve();
  }

  /** What stands before the marks was given, or is held. */
  given(ids: readonly string[], isHeld: boolean): void {
    const own = ids.filter((id) => this.#waiting.get(id)?.aim === "given");
    if (isHeld) this.#held.push(...own);
    else for (const id of own) this.#waiting.get(id)?.resolve();
  }

  /** Nothing is held any more. */
  allGiven(): void {
    for (const id of this.#held.splice(0)) this.#waiting.get(id)?.resolve();
  }

  /** Fails those that are waited for. */
  fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
  }

  /** Fails those that are waited for and all that are to be written, until it is called with null. */
  refuse(error: unknown): void {
    this.#refusal = error;
    this.#held = [];
    if (error !== null) this.fail(error);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    const client = await this.#client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  #connected(): Promise<Client> {
    if (this.#isEnded) throw new LivesetError("unavailable", { detail: "The database is closed." });
    this.#client ??= this.#connect();
    return this.#client;
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
