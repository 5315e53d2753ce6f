import { Mutex } from "./mutex.ts";

/**
 * An open transaction or savepoint, as the code inside of it carries it along (AsyncLocalStorage). Once committed, it is ignored: what
 * was started inside and not awaited must not write into a later transaction.
 */
export interface Scope<Connection> {
  readonly connection: Connection;
  readonly parent: Scope<Connection> | null;
  /** Held while a savepoint is open inside: queries beside it wait, and cannot be rolled back with it. */
  readonly lock: Mutex;
  /** Ids of mutations recorded so far, shared by all scopes of a transaction. */
  readonly mutations: string[];
  ended: boolean;
  /** It was rolled back: what goes on inside of it all the same, such as after a time limit, writes nowhere. */
  failed: boolean;
}

/** A transaction's scope, or that of a savepoint inside of `parent`. */
export function makeScope<Connection>(
  connection: Connection,
  parent: Scope<Connection> | null,
): Scope<Connection> {
  return {
    connection,
    parent,
    lock: new Mutex(),
    mutations: parent?.mutations ?? [],
    ended: false,
    failed: false,
  };
}

/** Whether the scope and all around it are open. */
export function isOpen(scope: Scope<unknown>): boolean {
  return !scope.ended && (scope.parent === null || isOpen(scope.parent));
}

/** Whether the scope or one around it was rolled back. */
export function hasFailed(scope: Scope<unknown>): boolean {
  return scope.failed || (scope.parent !== null && hasFailed(scope.parent));
}
