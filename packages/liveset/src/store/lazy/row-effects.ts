/** What an effect may give: a promise, an async iterable, or an observable (of RxJS, or anything that subscribes as it does). */
export type Outcome<T> = PromiseLike<T> | AsyncIterable<T> | ObservableLike<T>;

/** As much of an observable as is needed. */
export interface ObservableLike<T> {
  subscribe(observer: { next(value: T): void; error(error: unknown): void; complete(): void }): {
    unsubscribe(): void;
  };
}

/** What goes with every effect. */
export interface EffectContext {
  /** Aborted when nobody waits any more: the store was reset or disposed of. */
  readonly signal: AbortSignal;
  /** Of a write: its identity, the same when it is tried again, to be sent along so that it is done once. */
  readonly mutation: string;
}

/** A range of the ids of a row's children. */
export interface IndexRange {
  readonly startIndex: number;
  readonly indexes: readonly string[];
  /** How many children there are in all. */
  readonly length: number;
}

/**
 * The five things that a lazy resource needs from outside: the only place where it meets the network. What they throw, or
 * fail with, takes back what was shown meanwhile and is reported. Those that are never called may be left out.
 *
 * @example
 * ```ts
 * import type { RowEffects } from "liveset/store";
 *
 * interface User {
 *   id: string;
 *   name: string;
 * }
 * const json = async <T>(path: string, body: unknown, signal: AbortSignal): Promise<T> =>
 *   (await fetch(path, { method: "POST", body: JSON.stringify(body), signal })).json() as Promise<T>;
 *
 * export const users: RowEffects<User> = {
 *   loadByIds: (ids, { signal }) => json("/users", ids, signal),
 *   update: (row, { signal }) => json("/users/save", row, signal),
 * };
 * ```
 */
export interface RowEffects<Row> {
  /** The rows with these ids, in any order; those that are not given do not exist. May come in several portions. */
  loadByIds(ids: readonly string[], context: EffectContext): Outcome<readonly Row[]>;
  /** Ids of a row's children, for a field whose ids are loaded by range. A method of the parent's resource. */
  loadByIndexes?(
    parentId: string,
    field: string,
    startIndex: number,
    length: number,
    context: EffectContext,
  ): Outcome<IndexRange>;
  /** Saves a new row, which has a temporary id and its parent's. Gives the row as it was saved, alone or first in a list. */
  add?(row: Row, context: EffectContext & { readonly parentId: string }): Outcome<Row | readonly Row[]>;
  /** Saves a row. Gives the row as it was saved, alone or first in a list; nothing, where it is as it was given. */
  update?(
    row: Row,
    context: EffectContext & { readonly patch: Partial<Row> },
  ): Outcome<Row | readonly Row[] | undefined | null>;
  /** Deletes a row. What it gives is not looked at. */
  delete?(id: string, context: EffectContext): Outcome<unknown>;
}
