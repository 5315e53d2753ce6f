import type { Connection } from "./connection.ts";
import { Mutex } from "./mutex.ts";

/**
 * An open transaction or savepoint, as the code inside of it carries it along (AsyncLocalStorage). Once `ended`, it is ignored: what
 * was started inside and not awaited must not write into a later transaction.
 */
export interface Scope {
  readonly connection: Connection;
  readonly parent: Scope | null;
  /** Held while a savepoint is open inside: queries beside it wait, and cannot be rolled back with it. */
  readonly lock: Mutex;
  /** Ids of mutations recorded so far, shared by all scopes of a transaction. */
  readonly mutations: string[];
  ended: boolean;
}

/** A transaction's scope, or that of a savepoint inside of `parent`. */
export function makeScope(connection: Connection, parent: Scope | null): Scope {
  return { connection, parent, lock: new Mutex(), mutations: parent?.mutations ?? [], ended: false };
}

/** Whether the scope and all around it are open. */
export function isOpen(scope: Scope): boolean {
  return !scope.ended && (scope.parent === null || isOpen(scope.parent));
}
