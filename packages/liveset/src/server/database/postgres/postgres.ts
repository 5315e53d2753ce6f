import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { ClientBase, Pool } from "pg";
import type { Cursor } from "../../../core/change/cursor.ts";
import type { Transaction } from "../../../core/change/transaction.ts";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import type { NodeChannel } from "../../cluster/node-channel.ts";
import type { Feed } from "../../feed/feed.ts";
import type { Log } from "../../log.ts";
import type { PostgresDb } from "../../register.ts";
import type { Database, Mutation, OpenOptions } from "../database.ts";
import { Mutex } from "../mutex.ts";
import type { Capture, CaptureParts } from "./capture.ts";
import { chooseStart } from "./choose-start.ts";
import { NotifyChannel } from "./cluster/notify-channel.ts";
import { Connections, fewestConnections } from "./connections.ts";
import { makeDb, type Run, transactionModes } from "./make-db.ts";
import { Mutations } from "./mutations.ts";
import { isSerializationFailure } from "./postgres-error.ts";
import type { PostgresOptions } from "./postgres-options.ts";
import { readTables } from "./read-tables.ts";
import { Slots } from "./slots.ts";
import { Snapshots } from "./snapshots.ts";
import { statementKind } from "./statement-kind.ts";
import { type NameOf, nameOf, toError } from "./to-error.ts";
import { boundsFor } from "./transaction-bounds.ts";
import { type PostgresScope, runInside, Transactions } from "./transactions.ts";

export type { CaptureMode, PostgresOptions } from "./postgres-options.ts";

/** Between two prunings of the mutations' answers, in ms. */
const pruneEvery = 60_000;

/** How long a write that is committed waits until it is told, and looks anew, in ms. */
const toldWithin = 10_000;
const lookAgain = 50;

/** A write that came into others' way is done again this often. */
const mostAttempts = 20;

/**
 * A PostgreSQL database (14 or newer) through Drizzle on node-postgres (`pg`).
 *
 * `source` is a URL, of which liveset makes a pool that `close()` ends, or a pool of yours, which stays open. Sessions of either are
 * set to UTC and to ISO dates. One more connection listens for changes.
 *
 * Writes of operations run at `REPEATABLE READ`; where two come into each other's way, one is done again, hooks included, and
 * fails with `unavailable` after many attempts. `db.transaction(…)` is Drizzle's, with its options. A query made inside of one, or of a
 * hook or an action, belongs to that transaction, whichever `db` it is made with.
 *
 * @throws TypeError for a pool of fewer than 4 connections, or a largest transaction of nothing.
 * @example
 * ```ts
 * import { sql } from "drizzle-orm";
 * import { postgres } from "liveset/postgres";
 *
 * const database = postgres("postgres://app@localhost:5432/app", { log: { count: 10_000 } });
 * ```
 */
export function postgres<S extends Record<string, unknown> = Record<string, never>>(
  source: string | Pool,
  options: PostgresOptions<S> = {},
): Database<PostgresDb<S>> {
  return new PostgresDatabase(source, options) as Database<unknown> as Database<PostgresDb<S>>;
}

/** What there is between `open` and `close`. */
interface Opened {
  readonly capture: Capture;
  readonly channel: NotifyChannel | null;
  readonly feed: Feed;
  readonly propertyOf: NameOf;
  readonly stop: () => void;
}

class PostgresDatabase implements Database<PostgresDb> {
  readonly dialect = "postgres";
  readonly db: PostgresDb;
  readonly #options: PostgresOptions;
  readonly #connections: Connections;
  readonly #slots: readonly [writing: Slots, reading: Slots];
  readonly #transactions: Transactions;
  readonly #snapshots: Snapshots;
  /** Given to the work of `read`. */
  readonly #snapshotDb: PostgresDb;
  readonly #mutations: Mutations;
  /** Writes that are done again: one at a time, so that they do not come into each other's way once more. */
  readonly #again = new Mutex();
  #log: Log | null = null;
  #opened: Opened | null = null;
  #closed: Promise<void> | null = null;
  /** What `close` waits for. */
  readonly #running = new Set<Promise<unknown>>();

  constructor(source: string | Pool, options: PostgresOptions) {
    const connections = new Connections(source, options.connections ?? 16, (error) =>
      this.#log?.warn({ err: error }, "a connection to PostgreSQL was lost"),
    );
    if (connections.most < fewestConnections)
      throw new TypeError(
        `The pool must have ${fewestConnections} connections or more, not ${connections.most}.`,
      );
    const { rows = 1, bytes = 1 } = options.largestTransaction ?? {};
    if (!(rows >= 1 && bytes >= 1))
      throw new TypeError("The largest transaction must have one row and one byte or more.");
    // Whoever writes may read beside it, so that a third each and one for single statements is enough for all.
    const third = Math.floor((connections.most - 1) / 3);
    this.#slots = [new Slots(third), new Slots(third)];
    this.#options = options;
    this.#connections = connections;
    this.#transactions = new Transactions(connections, this.#slots[0]);
    this.#snapshots = new Snapshots(connections, this.#slots[1]);
    this.#mutations = new Mutations(this.#schema);
    const transact = <T>(work: () => Promise<T>, config = {}) =>
      this.#transact(work, transactionModes(config));
    this.db = makeDb({ run: (query, values) => this.#run(query, values), transact }, options);
    // A snapshot is a transaction already.
    this.#snapshotDb = makeDb({ run: this.#snapshots.run, transact: (work) => work() }, options);
  }

  get feed(): Feed {
    return this.#open().feed;
  }

  get channel(): NodeChannel | null {
    return this.#open().channel;
  }

  get #schema(): string {
    return this.#options.captureSchema ?? "liveset";
  }

  async open({ tables, log, cluster = null }: OpenOptions): Promise<void> {
    if (this.#opened !== null) throw new TypeError("The database is open already.");
    this.#log = log;
    const { casing, log: limits } = this.#options;
    const keep = { count: limits?.count ?? 100_000, age: limits?.age ?? 86_400_000 };
    const withClient = this.#connections.with.bind(this.#connections);
    const read = (client: ClientBase) => readTables(client, tables, casing);
    const found = await withClient(read);
    const mode = this.#options.capture ?? "auto";
    const choice = { schema: this.#schema, log, cluster };
    const start = await withClient((client) => chooseStart(client, mode, found, choice));
    const parts: CaptureParts = {
      tables: found,
      readTables: read,
      makeClient: (mode) => this.#connections.makeClient(mode),
      withClient,
      schema: this.#schema,
      log,
      keep,
      bounds: { ...boundsFor(), ...this.#options.largestTransaction },
    };
    const capture = await start(parts);
    const channel = cluster === "slots" ? await this.#beginChannel(parts, capture) : null;
    const prune = (): void =>
      void withClient((client) => this.#mutations.prune(client, keep.age)).catch((error) =>
        log.warn({ err: error }, "answers of mutations could not be pruned"),
      );
    const timer = setInterval(prune, pruneEvery);
    timer.unref();
    this.#opened = {
      capture,
      channel,
      feed: outsideOfAll(capture.feed),
      propertyOf: nameOf(found),
      stop: () => clearInterval(timer),
    };
  }

  async read<T>(work: (db: PostgresDb, cursor: Cursor) => Promise<T>): Promise<{ value: T; cursor: Cursor }> {
    this.#ensureNotClosed();
    const { capture } = this.#open();
    return this.#snapshots.snapshot(
      (cursor) => work(this.#snapshotDb, cursor),
      capture,
      this.#transactions.scope !== null,
    );
  }

  async write<T extends Json>(
    work: (db: PostgresDb) => Promise<T>,
    mutation?: Mutation,
  ): Promise<{ value: T; cursor: Cursor; repeated: boolean }> {
    const { feed, capture } = this.#open();
    const attempt = () =>
      this.#transact(async ({ connection }) => {
        const kept = mutation === undefined ? null : await this.#mutations.claim(connection, mutation);
        if (kept !== null) return { value: JSON.parse(kept) as T, repeated: true };
        const value = await work(this.db);
        if (mutation !== undefined) {
          await this.#mutations.keep(connection, mutation, value);
          await capture.noteMutation(connection, mutation.id);
        }
        return { value, repeated: false };
      }, "ISOLATION LEVEL REPEATABLE READ");
    // Inside of a transaction, it is that one which is to be done again.
    const done = this.#transactions.scope === null ? await this.#patiently(attempt) : await attempt();
    return { ...done, cursor: feed.cursor };
  }

  toError(thrown: unknown): LivesetError | null {
    return toError(thrown, this.#opened?.propertyOf ?? ((_schema, _table, column) => column));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#opened?.stop();
    await Promise.allSettled(this.#running);
    for (const slots of this.#slots) await slots.idle();
    await this.#opened?.channel?.end();
    await this.#opened?.capture.stop();
    await this.#connections.end();
  }

  async #beginChannel(parts: CaptureParts, capture: Capture): Promise<NotifyChannel> {
    const channel = new NotifyChannel(parts);
    try {
      await channel.begin();
      return channel;
    } catch (error) {
      await capture.stop();
      throw error;
    }
  }

  /** A statement of the user's: in the open transaction, else alone. */
  #run: Run = (query, values) => {
    const { scope } = this.#transactions;
    this.#ensureNotClosed();
    const kind = statementKind(typeof query === "string" ? query : query.text);
    if (kind === "border")
      throw new TypeError("Transactions are begun by db.transaction(…), which knows the connection.");
    if (scope !== null) return runInside(scope, query, values);
    return this.#track(this.#alone(kind === "read", query, values));
  };

  #track<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  async #alone(onlyReads: boolean, ...query: Parameters<Run>) {
    const result = await this.#connections.with((client) => client.query(...query));
    if (!onlyReads) await this.#told();
    return result;
  }

  /** Resolves when what was committed has been told. The database may go away right after the commit: mostly it is back soon. */
  async #told(): Promise<void> {
    const capture = this.#opened?.capture;
    if (capture === undefined) return;
    const end = Date.now() + toldWithin;
    for (;;) {
      try {
        return await capture.caughtUp();
      } catch (error) {
        if (Date.now() > end || this.#closed !== null) throw error;
        await delay(lookAgain);
      }
    }
  }

  async #transact<T>(work: (scope: PostgresScope) => Promise<T>, modes: string): Promise<T> {
    this.#ensureNotClosed();
    if (this.#transactions.scope !== null) return this.#transactions.transact(work, modes);
    const done = this.#transactions.transact(work, modes).then(async (value) => {
      await this.#told();
      return value;
    });
    return this.#track(done);
  }

  async #patiently<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!isSerializationFailure(error)) throw error;
    }
    return this.#again.run(async () => {
      for (let attempts = 2; ; attempts++) {
        try {
          return await attempt();
        } catch (error) {
          if (!isSerializationFailure(error) || attempts >= mostAttempts) throw error;
        }
      }
    });
  }

  /** What is under way goes on while the database closes; nothing new begins. */
  #ensureNotClosed(): void {
    if (this.#closed !== null && this.#transactions.scope === null)
      throw new LivesetError("unavailable", { detail: "The database is closed." });
  }

  #open(): Opened {
    if (this.#opened === null)
      throw new TypeError("The database is not open yet: call open() first, as serve() does.");
    return this.#opened;
  }
}

/** The feed, whose listeners belong to no transaction and to no snapshot, whoever's code it was that made it give them something. */
function outsideOfAll(feed: Feed): Feed {
  const outside = AsyncLocalStorage.snapshot();
  return {
    get epoch() {
      return feed.epoch;
    },
    get cursor() {
      return feed.cursor;
    },
    compare: (a, b) => feed.compare(a, b),
    parse: (text) => feed.parse(text),
    read: async (after, upTo) => (await feed.read(after, upTo))?.map(plain) ?? null,
    listen: (listener, { lost, live } = {}) =>
      feed.listen((transaction) => outside(() => listener(plain(transaction))), {
        lost: () => outside(() => lost?.()),
        live: (isLive) => outside(() => live?.(isLive)),
      }),
  };
}

/** Without what only nodes of a cluster need. */
function plain({ cursor, changes, mutations }: Transaction): Transaction {
  return { cursor, changes, mutations };
}
