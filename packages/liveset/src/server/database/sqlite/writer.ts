import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Mutex } from "../mutex.ts";
import { hasFailed, isOpen, makeScope, type Scope } from "../scope.ts";
import type { Connection, Method, Result } from "./connection.ts";
import { isSqliteError, primary } from "./sqlite-error.ts";
import { statementKind } from "./statement-kind.ts";

/** What is called around each transaction: nothing before the database is opened. */
export interface WriterHooks {
  /** After BEGIN. What it returns is given to `end`. */
  begin(connection: Connection): number;
  /** Before COMMIT. */
  end(connection: Connection, begun: number, mutations: readonly string[]): void;
  /** After COMMIT, before anybody else writes. */
  committed(connection: Connection): void;
}

/** Between two attempts to begin while another process writes, in ms. */
const busyPause = 5;

/** The one connection that writes. Transactions take their turns, in the order in which they were asked for. */
export class Writer {
  readonly #connection: () => Connection;
  readonly #busyTimeout: number;
  readonly #mutex = new Mutex();
  readonly #scopes = new AsyncLocalStorage<Scope<Connection>>();
  #hooks: WriterHooks | null = null;

  constructor(connection: () => Connection, busyTimeout: number) {
    this.#connection = connection;
    this.#busyTimeout = busyTimeout;
  }

  /** Sets what is called around transactions, once capture is installed. */
  observe(hooks: WriterHooks): void {
    this.#hooks = hooks;
  }

  /**
   * The open transaction or savepoint that the running code is in.
   * @throws Error where it was rolled back: alone, what follows must not be written.
   */
  get scope(): Scope<Connection> | null {
    const scope = this.#scopes.getStore();
    if (scope !== undefined && hasFailed(scope)) throw ended();
    return scope !== undefined && isOpen(scope) ? scope : null;
  }

  /** Runs work alone on the connection, outside of a transaction. */
  #alone<T>(work: (connection: Connection) => T | Promise<T>): Promise<T> {
    return this.#mutex.run(() => this.#patiently(() => work(this.#connection())));
  }

  /** Resolves when everything asked for so far is done. */
  idle(): Promise<void> {
    return this.#mutex.run(() => {});
  }

  /** Runs the work in a transaction, or in a savepoint where there is one. Committed when it resolves, rolled back when it throws. */
  transact<T>(work: (scope: Scope<Connection>) => T | Promise<T>): Promise<T> {
    const { scope } = this;
    return scope === null ? this.#mutex.run(() => this.#transaction(work)) : this.#savepoint(scope, work);
  }

  /** One statement: in the open transaction, else in one of its own, else, where it allows none, alone. */
  async statement(sql: string, params: readonly unknown[], method: Method): Promise<Result> {
    const kind = statementKind(sql);
    if (kind === "border")
      throw new TypeError(`"${sql}": use db.transaction(…), which takes its turn among the writers.`);
    const { scope } = this;
    if (scope !== null)
      return scope.lock.held
        ? scope.lock.run(() => inside(scope, sql, params, method))
        : scope.connection.run(sql, params, method);
    if (kind === "other") return this.#alone((connection) => connection.run(sql, params, method));
    return this.transact(({ connection }) => connection.run(sql, params, method));
  }

  async #transaction<T>(work: (scope: Scope<Connection>) => T | Promise<T>): Promise<T> {
    const connection = this.#connection();
    await this.#patiently(() => connection.run("BEGIN IMMEDIATE", [], "run"));
    const scope = makeScope(connection, null);
    try {
      const begun = this.#hooks?.begin(connection) ?? 0;
      const value = await this.#inside(scope, work);
      scope.ended = true;
      if (!connection.inTransaction)
        throw new Error("SQLite has rolled back the transaction on an error inside of it.");
      this.#hooks?.end(connection, begun, scope.mutations);
      connection.run("COMMIT", [], "run");
      this.#hooks?.committed(connection);
      return value;
    } catch (fault) {
      scope.failed = true;
      throw fault;
    } finally {
      scope.ended = true;
      // Not committed. SQLite itself rolls back on some errors, such as a full disk.
      if (connection.inTransaction) connection.run("ROLLBACK", [], "run");
    }
  }

  /** The result is awaited inside: Drizzle's queries run when they are awaited. */
  #inside<T>(scope: Scope<Connection>, work: (scope: Scope<Connection>) => T | Promise<T>): Promise<T> {
    return this.#scopes.run(scope, async () => await work(scope));
  }

  /** Tries again while another process writes, without holding up this one as a timeout of SQLite's own would. */
  async #patiently<T>(work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isSqliteError(error, primary.busy) || performance.now() - start > this.#busyTimeout) throw error;
      }
      await delay(busyPause);
    }
  }

  /** Savepoints beside each other take turns: SQLite has a stack of them. */
  #savepoint<T>(parent: Scope<Connection>, work: (scope: Scope<Connection>) => T | Promise<T>): Promise<T> {
    return parent.lock.run(async () => {
      const { connection } = parent;
      ensureOpen(parent);
      connection.run("SAVEPOINT liveset", [], "run");
      const scope = makeScope(connection, parent);
      const recorded = scope.mutations.length;
      try {
        const value = await this.#inside(scope, work);
        ensureOpen(parent);
        connection.run("RELEASE liveset", [], "run");
        return value;
      } catch (error) {
        scope.failed = true;
        if (isOpen(parent) && connection.inTransaction) {
          scope.mutations.length = recorded;
          connection.run("ROLLBACK TO liveset", [], "run");
          connection.run("RELEASE liveset", [], "run");
        }
        throw error;
      } finally {
        scope.ended = true;
      }
    });
  }
}

function inside(scope: Scope<Connection>, sql: string, params: readonly unknown[], method: Method): Result {
  ensureOpen(scope);
  return scope.connection.run(sql, params, method);
}

function ensureOpen(scope: Scope<Connection>): void {
  if (!isOpen(scope)) throw ended();
}

function ended(): Error {
  return new Error("The transaction has ended: await everything that is done inside of it.");
}
