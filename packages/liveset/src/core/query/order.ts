/** Which way a column's values go. */
export type Direction = "asc" | "desc";
/** Where a column's NULLs stand, whichever way its values go. */
export type Nulls = "first" | "last";

/**
 * What is said of one column in an `orderBy`: the direction, and where its NULLs stand if not where they do by themselves, which is
 * first when ascending and last when descending, on every database.
 *
 * @example
 * ```ts
 * import type { OrderBy } from "liveset";
 * const byDueDate: OrderBy<"dueAt" | "id"> = { dueAt: { direction: "asc", nulls: "last" }, id: "desc" };
 * ```
 */
export type OrderValue = Direction | { readonly direction: Direction; readonly nulls?: Nulls };

/** An order as a caller writes it: columns in order of importance. */
export type OrderBy<Column extends string> = { readonly [K in Column]?: OrderValue };

/** One column of an order. */
export interface OrderTerm {
  readonly column: string;
  readonly direction: Direction;
  /** Where NULL stands; left out where it stands there by itself, so that equal orders are equal terms. See `nullsOf`. */
  readonly nulls?: Nulls;
}

/** A total order: the columns asked for, then the key's columns as the last tie-break. */
export type Order = readonly OrderTerm[];

/** A term in its one form. */
export function orderTerm(column: string, direction: Direction, nulls?: Nulls): OrderTerm {
  return nulls === undefined || nulls === nullsByItself(direction)
    ? { column, direction }
    : { column, direction, nulls };
}

/** Where the NULLs of a term stand. */
export function nullsOf({ direction, nulls }: Omit<OrderTerm, "column">): Nulls {
  return nulls ?? nullsByItself(direction);
}

/** As in SQLite, where NULL is less than every value. */
function nullsByItself(direction: Direction): Nulls {
  return direction === "asc" ? "first" : "last";
}
