import type { Cursor } from "../../../core/change/cursor.ts";
import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { Json } from "../../../core/json.ts";
import type { Feed } from "../../feed/feed.ts";
import { layoutOf } from "../../feed/layout.ts";
import { type SqliteEpoch, SqliteFeed } from "../../feed/sqlite-feed.ts";
import type { Log } from "../../log.ts";
import type { Db } from "../../register.ts";
import type { Database, Mutation, OpenOptions } from "../database.ts";
import type { Scope } from "../scope.ts";
import { decodeRow } from "./capture/decode-row.ts";
import { type Capture, installCapture } from "./capture/install-capture.ts";
import type { Connection } from "./connection.ts";
import { type DbParts, makeDb } from "./make-db.ts";
import { keepAnswer, keptAnswer } from "./mutations.ts";
import { Readers } from "./readers.ts";
import { Renewal } from "./renewal.ts";
import { sqlNameOf } from "./sql-name.ts";
import { SqliteFile } from "./sqlite-file.ts";
import type { SqliteOptions } from "./sqlite-options.ts";
import { statementKind } from "./statement-kind.ts";
import { type NameOf, nameOf, toError } from "./to-error.ts";
import { watch } from "./watch.ts";
import { endTransaction, lastPlace, lastSeq } from "./write-log.ts";
import { Writer } from "./writer.ts";

export { dropCapture } from "./drop-capture.ts";
export type { SqliteOptions } from "./sqlite-options.ts";

/**
 * A SQLite database on Node's own `node:sqlite`, in WAL mode with foreign keys on, used through Drizzle.
 *
 * `path` is a file; `:memory:` is a private file in the system's temporary folder, removed by `close()`. The file is made at the
 * first use. Reads run on connections of their own and see what is committed; writes and transactions take turns on one connection,
 * in the order in which they were asked for. A query made inside of `db.transaction(…)`, or of a hook or an action, belongs to that
 * transaction, whichever `db` it is made with.
 *
 * @throws Error where the file cannot be opened, from the first use.
 * @example
 * ```ts
 * import { sqlite } from "liveset/sqlite";
 *
 * const database = sqlite("todo.db", { log: { count: 10_000 } });
 * await database.db.run("create table if not exists notes (id integer primary key, text text not null)");
 * ```
 */
export function sqlite(path: string, options: SqliteOptions = {}): Database {
  return new SqliteDatabase(path, options);
}

/** What there is between `open` and `close`. */
interface Opened {
  readonly feed: SqliteFeed;
  readonly propertyOf: NameOf;
  readonly stop: () => void;
}

class SqliteDatabase implements Database {
  readonly dialect = "sqlite";
  readonly db: Db;
  readonly #options: SqliteOptions;
  readonly #file: SqliteFile;
  readonly #writer: Writer;
  readonly #readers: Readers;
  /** Given to the work of `read`. */
  readonly #snapshotDb: Db;
  #opened: Opened | null = null;
  #closed: Promise<void> | null = null;

  constructor(path: string, options: SqliteOptions) {
    const file = new SqliteFile(path);
    const writer = new Writer(file.writer, options.busyTimeout ?? 5_000);
    const readers = new Readers(file.reader);
    const columns = (sql: string): string[] => file.writer().columns(sql);
    const run: DbParts["run"] = async (sql, params, method) => {
      this.#ensureNotClosed();
      if (writer.scope === null && statementKind(sql) === "read")
        return readers.shared.run(sql, params, method);
      return writer.statement(sql, params, method);
    };
    this.#options = options;
    this.#file = file;
    this.#writer = writer;
    this.#readers = readers;
    this.db = makeDb({ run, columns, transact: (work) => this.#transact(work) }, options);
    this.#snapshotDb = makeDb(
      {
        run: async (sql, params, method) => readers.statement(sql, params, method),
        columns,
        // A snapshot is a transaction already.
        transact: (work) => work(),
      },
      options,
    );
  }

  get feed(): Feed {
    return this.#open().feed;
  }

  async open({ tables, log }: OpenOptions): Promise<void> {
    if (this.#opened !== null) throw new TypeError("The database is open already.");
    const { casing, log: limits } = this.#options;
    const begin = (lost: string | null): Promise<SqliteEpoch> =>
      this.#transact(({ connection }) => {
        const capture = installCapture(connection, tables, { casing, log, lost });
        return { ...readingOf(capture, log), start: lastPlace(connection) };
      });
    const renewal = new Renewal(log, async () => feed.restart(await begin(feed.epoch)));
    const feed = new SqliteFeed(
      { reader: () => this.#readers.shared, onLost: () => renewal.begin(), log },
      await begin(null),
    );
    this.#writer.observe({
      begin: lastSeq,
      end: endTransaction,
      committed: (connection) => void feed.drain(connection),
    });
    const watched = { feed, readers: this.#readers, writer: this.#writer, log };
    const stopWatching = watch({
      ...watched,
      count: limits?.count ?? 100_000,
      age: limits?.age ?? 86_400_000,
    });
    const stop = (): void => {
      stopWatching();
      renewal.end();
    };
    this.#opened = { feed, propertyOf: nameOf(tables, (column) => sqlNameOf(column, casing)), stop };
  }

  async read<T>(work: (db: Db, cursor: Cursor) => Promise<T>): Promise<{ value: T; cursor: Cursor }> {
    this.#ensureNotClosed();
    const { feed } = this.#open();
    if (feed.isLost)
      throw new LivesetError("unavailable", {
        detail: "The changes of the database cannot be followed.",
        retryAfter: 1,
      });
    const position = (connection: Connection): Cursor => feed.drain(connection);
    return this.#readers.snapshot(
      (cursor) => work(this.#snapshotDb, cursor),
      position,
      this.#writer.scope !== null,
    );
  }

  async write<T extends Json>(
    work: (db: Db) => Promise<T>,
    mutation?: Mutation,
  ): Promise<{ value: T; cursor: Cursor; repeated: boolean }> {
    const { feed } = this.#open();
    const done = await this.#transact(async ({ connection, mutations }) => {
      const kept = mutation === undefined ? null : keptAnswer(connection, mutation);
      if (kept !== null) return { value: JSON.parse(kept) as T, repeated: true };
      const value = await work(this.db);
      if (mutation !== undefined) {
        keepAnswer(connection, mutation, value);
        mutations.push(mutation.id);
      }
      return { value, repeated: false };
    });
    return { ...done, cursor: feed.cursor };
  }

  toError(thrown: unknown): LivesetError | null {
    return toError(thrown, this.#opened?.propertyOf ?? ((_table, column) => column));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#opened?.stop();
    await this.#writer.idle();
    await this.#readers.close();
    this.#file.close();
  }

  #transact<T>(work: (scope: Scope<Connection>) => T | Promise<T>): Promise<T> {
    this.#ensureNotClosed();
    return this.#writer.transact(work);
  }

  /** What is under way goes on while the database closes; nothing new begins. */
  #ensureNotClosed(): void {
    if (this.#closed !== null && this.#writer.scope === null)
      throw new LivesetError("unavailable", { detail: "The database is closed." });
  }

  #open(): Opened {
    if (this.#opened === null)
      throw new TypeError("The database is not open yet: call open() first, as serve() does.");
    return this.#opened;
  }
}

function readingOf({ epoch, layouts: tables }: Capture, log: Log): Omit<SqliteEpoch, "start"> {
  const onOdd = (table: string) => (column: string, error: unknown) =>
    log.warn({ err: error, table, column }, "a value that its column cannot read is shown as null");
  const layouts = new Map([...tables].map(([id, info]) => [id, layoutOf(info, onOdd(info.name))]));
  return { epoch, layouts, decodeRow };
}
