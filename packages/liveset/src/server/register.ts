import type { Assume, Table } from "drizzle-orm";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { BaseSQLiteDatabase } from "drizzle-orm/sqlite-core";

/**
 * Tells liveset the types of your application, once, by declaration merging.
 *
 * @example
 * ```ts
 * import type { User } from "liveset";
 *
 * declare module "liveset" {
 *   interface Register {
 *     user: { id: number; name: string };
 *   }
 * }
 * export const nameOf = (user: User): string => user.name;
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it exists to be merged into
export interface Register {}

/** The principal where none is registered: anything with an id. */
export interface AnyUser {
  readonly id: string | number;
}

/** The principal that `authenticate` returns. */
export type User = Register extends { user: infer U } ? U : AnyUser;

/** The Drizzle database of an application: the one that is registered, else SQLite's. */
export type Db = Register extends { db: infer D } ? D : BaseSQLiteDatabase<"async", unknown>;

/** What `db.execute(…)` gives on PostgreSQL: as node-postgres has it, the part that does not need its types. */
interface PostgresResult extends PgQueryResultHKT {
  readonly type: PostgresRows<Assume<this["row"], object>>;
}

interface PostgresRows<R> {
  readonly rows: R[];
  readonly rowCount: number | null;
  readonly command: string;
}

/**
 * Drizzle's database on PostgreSQL: `postgres(…).db`, and what scopes, hooks and actions of a `pgTable` are given.
 *
 * @typeParam S the schema module, where `db.query` is wanted
 */
export type PostgresDb<S extends Record<string, unknown> = Record<string, never>> = PgDatabase<
  PostgresResult,
  S
>;

/** The Drizzle database that scopes, hooks and actions of a table are given: the one that is registered, else that of its kind. */
export type DbOf<T extends Table> = Register extends { db: infer D }
  ? D
  : T["_"]["config"] extends { readonly dialect: "pg" }
    ? PostgresDb
    : Db;
