import type { User } from "./register.ts";

/** What a value that depends on the caller may depend on, beside the row. */
export interface FieldCaller {
  readonly user: User | null;
  /** The resource's declared parameters, validated. */
  readonly params: Readonly<Record<string, unknown>>;
}

const marked: unique symbol = Symbol("perCaller");

type Compute = (row: never, caller: FieldCaller) => unknown;

/**
 * A computed field whose value depends on who asks. It may depend on the row, the principal and the parameters, and on nothing else:
 * callers who are alike in these share their live lists.
 *
 * @example
 * ```ts
 * import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
 * import { perCaller, resource } from "liveset";
 *
 * const tasks = sqliteTable("tasks", { id: integer().primaryKey(), text: text().notNull(), ownerId: integer() });
 * export const taskResource = resource(tasks, {
 *   computed: { isMine: perCaller((row, { user }) => row.ownerId === Number(user?.id)) },
 * });
 * ```
 */
export function perCaller<R, V>(compute: (row: R, caller: FieldCaller) => V): (row: R) => V {
  const alone = (): V => {
    throw new TypeError("This field can be computed for a caller only.");
  };
  return Object.assign(alone, { [marked]: compute });
}

/** The function of a computed field for one caller; null for one that depends on the row alone. */
export function computeFor(field: object, caller: FieldCaller): ((row: unknown) => unknown) | null {
  const compute = (field as { readonly [marked]?: Compute })[marked];
  return compute === undefined ? null : (row) => compute(row as never, caller);
}
