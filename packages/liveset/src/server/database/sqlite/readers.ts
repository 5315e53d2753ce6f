import { AsyncLocalStorage } from "node:async_hooks";
import type { Cursor } from "../../../core/change/cursor.ts";
import type { Connection, Method, Result } from "./connection.ts";
import { isSqliteError, primary } from "./sqlite-error.ts";

/** A snapshot that is being read. */
interface Snapshot {
  readonly connection: Connection;
  readonly cursor: Cursor;
  ended: boolean;
}

/** Snapshots open at once; further ones wait, in order. */
const maxConnections = 4;

/** The connections that only read: a shared one for single statements, and a few for snapshots that last. */
export class Readers {
  readonly #open: () => Connection;
  readonly #snapshots = new AsyncLocalStorage<Snapshot>();
  readonly #idle: Connection[] = [];
  readonly #waiting: ((connection: Connection) => void)[] = [];
  #shared: Connection | null = null;
  #used = 0;
  #drained: (() => void) | null = null;

  constructor(open: () => Connection) {
    this.#open = open;
  }

  /** For single statements outside of a transaction: each sees what is committed. */
  get shared(): Connection {
    this.#shared ??= this.#open();
    return this.#shared;
  }

  /**
   * Runs the work in a snapshot: a new one, or the one that the running code is in. `position` is called at its start, on its
   * connection. `urgent` waits for nobody: who already holds the writer must not wait for those that wait for the writer.
   */
  async snapshot<T>(
    work: (cursor: Cursor) => Promise<T>,
    position: (connection: Connection) => Cursor,
    urgent: boolean,
  ): Promise<{ value: T; cursor: Cursor }> {
    const current = this.#snapshots.getStore();
    if (current !== undefined && !current.ended)
      return { value: await work(current.cursor), cursor: current.cursor };
    const connection = await this.#acquire(urgent);
    let snapshot: Snapshot | null = null;
    try {
      connection.run("BEGIN", [], "run");
      const cursor = position(connection);
      snapshot = { connection, cursor, ended: false };
      // Awaited inside: Drizzle's queries run when they are awaited.
      const value = await this.#snapshots.run(snapshot, async () => await work(cursor));
      return { value, cursor };
    } finally {
      if (snapshot !== null) snapshot.ended = true;
      if (connection.inTransaction) connection.run("ROLLBACK", [], "run");
      this.#release(connection);
    }
  }

  /** One statement in the snapshot that the running code is in. */
  statement(sql: string, params: readonly unknown[], method: Method): Result {
    const snapshot = this.#snapshots.getStore();
    if (snapshot === undefined || snapshot.ended)
      throw new Error("This db belongs to a read that has ended: await everything inside of it.");
    try {
      return snapshot.connection.run(sql, params, method);
    } catch (error) {
      if (!isSqliteError(error, primary.readOnly)) throw error;
      throw new TypeError(
        "A read is given a db that cannot write. Write in a mutation, an action or a hook of one.",
      );
    }
  }

  /** Waits for the snapshots that are open, then closes all. */
  async close(): Promise<void> {
    if (this.#used > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    for (const connection of this.#idle.splice(0)) connection.close();
    this.#shared?.close();
    this.#shared = null;
  }

  async #acquire(urgent: boolean): Promise<Connection> {
    if (!urgent && this.#used >= maxConnections) return new Promise((resolve) => this.#waiting.push(resolve));
    const connection = this.#idle.pop() ?? this.#open();
    this.#used++;
    return connection;
  }

  #release(connection: Connection): void {
    const next = this.#used <= maxConnections ? this.#waiting.shift() : undefined;
    if (next !== undefined) return next(connection);
    this.#used--;
    if (this.#idle.length + this.#used < maxConnections) this.#idle.push(connection);
    else connection.close();
    if (this.#used === 0) this.#drained?.();
  }
}
