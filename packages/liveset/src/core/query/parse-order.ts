import { invalid } from "../error/liveset-error.ts";
import type { Order, OrderTerm } from "./order.ts";

/**
 * A total order: what the caller asks for, or the fallback where that is nothing, and then those columns of the key
 * that are not in it, ascending.
 *
 * @throws LivesetError `invalid` with the path `["orderBy", field]`, for a field that is not sortable or a direction
 * other than `"asc"` and `"desc"`.
 */
export function parseOrder(
  orderBy: Readonly<Record<string, unknown>> | undefined,
  sortable: ReadonlySet<string>,
  fallback: Order,
  key: readonly string[],
): Order {
  const asked = Object.entries(orderBy ?? {})
    .filter(([, direction]) => direction !== undefined)
    .map(([column, direction]) => parseTerm(column, direction, sortable));
  const terms = asked.length === 0 ? fallback : asked;
  const present = new Set(terms.map(({ column }) => column));
  const rest = key.filter((column) => !present.has(column));
  return [...terms, ...rest.map((column): OrderTerm => ({ column, direction: "asc" }))];
}

function parseTerm(column: string, direction: unknown, sortable: ReadonlySet<string>): OrderTerm {
  const path = ["orderBy", column];
  if (!sortable.has(column)) {
    const names = sortable.size === 0 ? "nothing" : [...sortable].join(", ");
    throw invalid(path, "not_declared", `${column} is not sortable: sortable is ${names}.`);
  }
  if (direction !== "asc" && direction !== "desc") {
    throw invalid(path, "invalid_value", `The direction of ${column} must be "asc" or "desc".`);
  }
  return { column, direction };
}
