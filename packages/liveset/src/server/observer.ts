import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Table } from "drizzle-orm";
import type { Context } from "./context.ts";
import type { DbOf } from "./register.ts";
import type { SchemaModule } from "./relation-types.ts";
import type { NoSchema, ScopeWhere } from "./scope-where.ts";

type Awaitable<V> = V | Promise<V>;

/** A list that is followed by an action of its own. Made by `observer`. */
export interface Observer<T extends Table = Table> {
  readonly table: T;
  /** The action that ends it; undefined: that of the same name with `un` before it. */
  readonly unsubscribe: string | undefined;
  readonly args: StandardSchemaV1 | undefined;
  readonly where: ((args: unknown, context: Context) => unknown) | undefined;
}

/** How an observer is declared. */
export interface ObserverOptions<
  T extends Table,
  A extends StandardSchemaV1 | undefined,
  S extends SchemaModule,
> {
  /** The action that ends it. Default: `un` before the name, `unsubscribe_all` for `subscribe_all`. */
  readonly unsubscribe?: string;
  /** Schema of what stands beside the action in a subscription. Default: nothing is read. */
  readonly args?: A;
  /** Which rows of the caller's scope are followed. Default: all. */
  readonly where?: (
    args: A extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<A> : undefined,
    context: Context<Readonly<Record<string, unknown>>, DbOf<T>>,
  ) => Awaitable<ScopeWhere<T, S> | boolean>;
  /** The module of the tables and relations, where the condition crosses them. It must be the resource's own. */
  readonly schema?: S;
}

/**
 * Declares a list that clients of Django Channels REST Framework follow, as they would a `model_observer`. They hear of rows that
 * are created, updated and deleted, relative to the list.
 *
 * @example
 * ```ts
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { observer, resource } from "liveset";
 * import { z } from "zod";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
 * export const taskResource = resource(tasks, {
 *   observe: {
 *     subscribe_all: observer(tasks), // ended by unsubscribe_all
 *     subscribe_to_list: observer(tasks, {
 *       unsubscribe: "unsubscribe_from_list",
 *       args: z.object({ list: z.number() }),
 *       where: ({ list }) => ({ listId: list }),
 *     }),
 *   },
 * });
 * ```
 */
export function observer<
  T extends Table,
  A extends StandardSchemaV1 | undefined = undefined,
  S extends SchemaModule = NoSchema,
>(table: T, options: ObserverOptions<T, A, S> = {}): Observer<T> {
  return {
    table,
    unsubscribe: options.unsubscribe,
    args: options.args,
    where: options.where as Observer["where"],
  };
}
