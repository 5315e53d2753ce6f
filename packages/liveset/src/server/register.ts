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

/** The Drizzle database that scopes, hooks and actions are given. */
export type Db = Register extends { db: infer D } ? D : BaseSQLiteDatabase<"async", unknown>;
