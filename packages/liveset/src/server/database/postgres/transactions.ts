import { AsyncLocalStorage } from "node:async_hooks";
import type { PoolClient, QueryResult } from "pg";
import { hasFailed, isOpen, makeScope, type Scope } from "../scope.ts";
import type { Connections } from "./connections.ts";
import type { Run } from "./make-db.ts";
import type { Slots } from "./slots.ts";

/** A transaction or a savepoint that is open. */
export type PostgresScope = Scope<PoolClient>;

/** The transactions that are open, each on a connection of its own. The code inside of one carries it along. */
export class Transactions {
  readonly #connections: Connections;
  readonly #slots: Slots;
  readonly #scopes = new AsyncLocalStorage<PostgresScope>();

  constructor(connections: Connections, slots: Slots) {
    this.#connections = connections;
    this.#slots = slots;
  }

  /**
   * The open transaction or savepoint that the running code is in.
   * @throws Error where it was rolled back: alone, what follows must not be written.
   */
  get scope(): PostgresScope | null {
    const scope = this.#scopes.getStore();
    if (scope !== undefined && hasFailed(scope)) throw ended();
    return scope !== undefined && isOpen(scope) ? scope : null;
  }

  /**
   * Runs the work in a transaction, or in a savepoint where there is one. Committed when it resolves, rolled back when it throws.
   *
   * @param modes Those of BEGIN; a savepoint has none.
   */
  transact<T>(work: (scope: PostgresScope) => Promise<T>, modes = ""): Promise<T> {
    const { scope } = this;
    if (scope !== null) return this.#savepoint(scope, work);
    return this.#slots.run(() => this.#connections.with((client) => this.#transaction(client, work, modes)));
  }

  async #transaction<T>(
    client: PoolClient,
    work: (scope: PostgresScope) => Promise<T>,
    modes: string,
  ): Promise<T> {
    const scope: PostgresScope = makeScope(client, null);
    try {
      await client.query(`BEGIN ${modes}`);
      const value = await this.#inside(scope, work);
      scope.ended = true;
      const { command } = await client.query("COMMIT");
      // So the server answers where a statement has failed, whether or not its error was caught.
      if (command === "ROLLBACK")
        throw new Error(
          "The transaction was rolled back, because a statement in it had failed. What may fail belongs into a db.transaction(…) of its own.",
        );
      return value;
    } catch (fault) {
      scope.failed = true;
      throw fault;
    } finally {
      const committed = scope.ended && !scope.failed;
      scope.ended = true;
      if (!committed) await client.query("ROLLBACK").catch(() => {});
    }
  }

  /** The result is awaited inside: Drizzle's queries run when they are awaited. */
  #inside<T>(scope: PostgresScope, work: (scope: PostgresScope) => Promise<T>): Promise<T> {
    return this.#scopes.run(scope, async () => await work(scope));
  }

  /** Savepoints beside each other take turns: there is a stack of them. */
  #savepoint<T>(parent: PostgresScope, work: (scope: PostgresScope) => Promise<T>): Promise<T> {
    return parent.lock.run(async () => {
      const { connection } = parent;
      ensureOpen(parent);
      await connection.query("SAVEPOINT liveset");
      const scope: PostgresScope = makeScope(connection, parent);
      try {
        const value = await this.#inside(scope, work);
        ensureOpen(parent);
        scope.ended = true;
        await connection.query("RELEASE SAVEPOINT liveset");
        return value;
      } catch (error) {
        scope.failed = true;
        if (isOpen(parent))
          await connection.query("ROLLBACK TO SAVEPOINT liveset; RELEASE SAVEPOINT liveset");
        throw error;
      } finally {
        scope.ended = true;
      }
    });
  }
}

/** One statement in a transaction or savepoint, after those that were begun before it. */
export function runInside(scope: PostgresScope, ...query: Parameters<Run>): Promise<QueryResult> {
  return scope.lock.run(() => {
    ensureOpen(scope);
    return scope.connection.query(...query);
  });
}

function ensureOpen(scope: PostgresScope): void {
  if (!isOpen(scope)) throw ended();
}

function ended(): Error {
  return new Error("The transaction has ended: await everything that is done inside of it.");
}
