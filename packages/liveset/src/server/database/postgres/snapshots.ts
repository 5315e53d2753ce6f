import { AsyncLocalStorage } from "node:async_hooks";
import type { PoolClient, QueryResult } from "pg";
import type { Cursor } from "../../../core/change/cursor.ts";
import { Mutex } from "../mutex.ts";
import type { Capture } from "./capture.ts";
import type { Connections } from "./connections.ts";
import type { Run } from "./make-db.ts";
import { findPostgresError } from "./postgres-error.ts";
import type { Slots } from "./slots.ts";

/** A snapshot that is being read. */
interface Snapshot {
  readonly client: PoolClient;
  readonly cursor: Cursor;
  /** One statement at a time: one that fails must not take others with it. */
  readonly lock: Mutex;
  ended: boolean;
}

/** The snapshots that are read, each on a connection of its own. The code inside of one carries it along. */
export class Snapshots {
  readonly #connections: Connections;
  readonly #slots: Slots;
  readonly #snapshots = new AsyncLocalStorage<Snapshot>();

  constructor(connections: Connections, slots: Slots) {
    this.#connections = connections;
    this.#slots = slots;
  }

  /**
   * Runs the work in a snapshot: a new one, or the one that the running code is in. `urgent` waits for nobody: who already
   * holds a transaction must not wait for those that wait for one.
   */
  async snapshot<T>(
    work: (cursor: Cursor) => Promise<T>,
    capture: Capture,
    urgent: boolean,
  ): Promise<{ value: T; cursor: Cursor }> {
    const current = this.#snapshots.getStore();
    if (current !== undefined && !current.ended)
      return { value: await work(current.cursor), cursor: current.cursor };
    return this.#slots.run(
      () =>
        this.#connections.with((client) =>
          capture
            .atSnapshot(client, (cursor) => this.#inside(client, cursor, work))
            .finally(() => rollBack(client)),
        ),
      urgent,
    );
  }

  /** One statement in the snapshot that the running code is in. */
  run: Run = async (query, values) => {
    const snapshot = this.#snapshots.getStore();
    if (snapshot === undefined || snapshot.ended)
      throw new Error("This db belongs to a read that has ended: await everything inside of it.");
    return snapshot.lock.run(() => runIn(snapshot, query, values));
  };

  async #inside<T>(
    client: PoolClient,
    cursor: Cursor,
    work: (cursor: Cursor) => Promise<T>,
  ): Promise<{ value: T; cursor: Cursor }> {
    const snapshot: Snapshot = { client, cursor, lock: new Mutex(), ended: false };
    // At once and without a gap: listeners have been given what the snapshot sees, and nothing beyond.
    const saved = snapshot.lock.run(() => client.query("SAVEPOINT liveset"));
    const done = this.#snapshots.run(snapshot, async () => await work(cursor));
    try {
      const [value] = await Promise.all([done, saved]);
      return { value, cursor };
    } finally {
      snapshot.ended = true;
    }
  }
}

async function runIn({ client }: Snapshot, ...query: Parameters<Run>): Promise<QueryResult> {
  try {
    return await client.query(...query);
  } catch (error) {
    // Nothing was written, so that going back loses nothing: the snapshot lives on.
    await client.query("ROLLBACK TO SAVEPOINT liveset");
    if (findPostgresError(error)?.code !== "25006") throw error;
    throw new TypeError(
      "A read is given a db that cannot write. Write in a mutation, an action or a hook of one.",
    );
  }
}

async function rollBack(client: PoolClient): Promise<void> {
  await client.query("ROLLBACK");
}
