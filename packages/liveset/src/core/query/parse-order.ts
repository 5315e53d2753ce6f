import { invalid, type LivesetError } from "../error/liveset-error.ts";
import { type Order, type OrderTerm, orderTerm } from "./order.ts";

/**
 * A total order: what the caller asks for, or the fallback where that is nothing, and then those columns of the key
 * that are not in it, ascending.
 *
 * @throws LivesetError `invalid` with a path that begins with `["orderBy", field]`, for a field that is not sortable or a value
 * that `parseOrderTerm` refuses.
 */
export function parseOrder(
  orderBy: Readonly<Record<string, unknown>> | undefined,
  sortable: ReadonlySet<string>,
  fallback: Order,
  key: readonly string[],
): Order {
  const asked = Object.entries(orderBy ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => parseSortable(column, value, sortable));
  return totalOrder(asked.length === 0 ? fallback : asked, key);
}

/** Some terms, then those columns of the key that are not among them, ascending. */
export function totalOrder(terms: Order, key: readonly string[]): Order {
  const present = new Set(terms.map(({ column }) => column));
  const rest = key.filter((column) => !present.has(column));
  return [...terms, ...rest.map((column) => orderTerm(column, "asc"))];
}

function parseSortable(column: string, value: unknown, sortable: ReadonlySet<string>): OrderTerm {
  if (!sortable.has(column)) {
    const names = sortable.size === 0 ? "nothing" : [...sortable].join(", ");
    throw invalid(["orderBy", column], "not_declared", `${column} is not sortable: sortable is ${names}.`);
  }
  return parseOrderTerm(column, value);
}

/**
 * What is said of one column: `"asc"`, `"desc"`, or `{direction, nulls}` (see `OrderValue`).
 *
 * @throws LivesetError `invalid` with the path `["orderBy", column]` or, within an object, `["orderBy", column, key]`.
 */
export function parseOrderTerm(column: string, value: unknown): OrderTerm {
  const term = readOrderTerm(column, value);
  if (term === null) throw orderFault(column, value);
  return term;
}

/** The same, but null for what is no such value. */
export function readOrderTerm(column: string, value: unknown): OrderTerm | null {
  if (value === "asc" || value === "desc") return orderTerm(column, value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { direction, nulls, ...others } = value as Readonly<Record<string, unknown>>;
  if (direction !== "asc" && direction !== "desc") return null;
  if (nulls !== undefined && nulls !== "first" && nulls !== "last") return null;
  return Object.keys(others).length === 0 ? orderTerm(column, direction, nulls) : null;
}

function orderFault(column: string, value: unknown): LivesetError {
  const path = ["orderBy", column];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = `The direction of ${column} must be "asc" or "desc", or stand with nulls in {direction, nulls}.`;
    return invalid(path, "invalid_value", message);
  }
  const unknown = Object.keys(value).find((key) => key !== "direction" && key !== "nulls");
  if (unknown !== undefined) {
    const message = `The order of ${column} has direction and nulls, not "${unknown}".`;
    return invalid([...path, unknown], "not_declared", message);
  }
  if (readOrderTerm(column, { ...value, nulls: undefined }) === null) {
    const message = `The direction of ${column} must be "asc" or "desc".`;
    return invalid([...path, "direction"], "invalid_value", message);
  }
  return invalid([...path, "nulls"], "invalid_value", `The nulls of ${column} must be "first" or "last".`);
}
