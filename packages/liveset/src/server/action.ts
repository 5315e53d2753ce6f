import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { InferSelectModel, Table } from "drizzle-orm";
import type { ActionTypes, WireValue } from "../core/api-types.ts";
import type { Context } from "./context.ts";
import type { DbOf } from "./register.ts";

type Awaitable<V> = V | Promise<V>;

/** What an action's function is given: the context of the call, its input, and for an action on one row that row. */
export interface ActionCall<T extends Table, Input, Detail extends boolean>
  extends Context<Readonly<Record<string, unknown>>, DbOf<T>> {
  readonly input: Input;
  readonly row: Detail extends true ? InferSelectModel<T> : undefined;
  /**
   * Says something before the answer, once the action's transaction is committed; that of a detached action at once. Only a
   * client of the dialect `dcrf` hears it: over REST and `liveset.v1` a call has one answer.
   *
   * @param status default 200
   */
  readonly reply: (data: unknown, status?: number) => void;
  /** Aborted when the connection of the caller has ended. */
  readonly signal: AbortSignal;
}

/** A custom operation. Made by `action`. */
export interface Action<T extends Table = Table, Types extends ActionTypes = ActionTypes> {
  readonly table: T;
  readonly detail: boolean;
  readonly detached: boolean;
  readonly silent: boolean;
  readonly input: StandardSchemaV1 | undefined;
  readonly permission: ((call: ActionCall<T, unknown, boolean>) => Awaitable<boolean>) | undefined;
  readonly run: (call: ActionCall<T, unknown, boolean>) => unknown;
  /** In types only. */
  readonly $types?: Types;
}

/** How an action is declared. */
export interface ActionOptions<
  T extends Table,
  S extends StandardSchemaV1 | undefined,
  D extends boolean,
  R,
> {
  /** True (default): on one row, `POST /api/tasks/1/complete/`. False: on the resource, `POST /api/tasks/complete/`. */
  readonly detail?: D;
  /** True: runs beside the caller's other requests and in no transaction; `db` is the database itself. Default: false. */
  readonly detached?: boolean;
  /** True: over the dialect `dcrf` nothing answers but what `reply` says. Default: false. */
  readonly silent?: boolean;
  /** Schema of the body. Without one the body must be empty. */
  readonly input?: S;
  /** Asked before, with the row in scope. Default: everybody. */
  readonly permission?: (call: ActionCall<T, InputOut<S>, D>) => Awaitable<boolean>;
  /** Runs in one transaction, unless it is detached; `db` is that transaction. What it returns is answered as JSON. */
  readonly run: (call: ActionCall<T, InputOut<S>, D>) => Awaitable<R>;
}

type InputOut<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : undefined;
type InputIn<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferInput<S> : undefined;

/**
 * Declares a custom operation on the rows of a table, callable over REST and over the socket.
 *
 * @example
 * ```ts
 * import { eq } from "drizzle-orm";
 * import { integer, sqliteTable } from "drizzle-orm/sqlite-core";
 * import { action } from "liveset";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), done: integer({ mode: "boolean" }).notNull() });
 * export const complete = action(tasks, {
 *   run: async ({ row, db }) => {
 *     await db.update(tasks).set({ done: true }).where(eq(tasks.id, row.id));
 *     return { completed: row.id };
 *   },
 * });
 * ```
 */
export function action<
  T extends Table,
  R,
  S extends StandardSchemaV1 | undefined = undefined,
  D extends boolean = true,
>(
  table: T,
  options: ActionOptions<T, S, D, R>,
): Action<
  T,
  { readonly detail: NoInfer<D>; readonly input: InputIn<S>; readonly result: WireValue<Awaited<R>> }
> {
  return {
    table,
    detail: options.detail ?? true,
    detached: options.detached ?? false,
    silent: options.silent ?? false,
    input: options.input,
    permission: options.permission as Action<T>["permission"],
    run: options.run as Action<T>["run"],
  };
}
