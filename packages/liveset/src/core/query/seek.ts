import { invalid, LivesetError } from "../error/liveset-error.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import type { Columns } from "./column-kind.ts";
import { parseOperand } from "./operand.ts";
import { nullsOf, type Order, type OrderTerm } from "./order.ts";
import type { Operand, Predicate } from "./predicate.ts";

/** The values of one row in the columns of an order. */
export type SeekValues = readonly (Operand | null)[];

/**
 * The rows that come after a row in an order, itself excluded. `after` has one value for each term. With `columns`,
 * NULLs of columns that cannot be null are not looked for, which lets the database use an index.
 */
export function seekPredicate(order: Order, after: SeekValues, columns?: Columns): Predicate {
  let rest: Predicate = { op: "false" };
  for (const [index, term] of [...order.entries()].reverse()) {
    const value = after[index] ?? null;
    const nullable = columns?.get(term.column)?.nullable ?? true;
    const same: Predicate = { op: "and", of: [sameAs(term.column, value), rest] };
    rest = { op: "or", of: [behind(term, value, nullable), same] };
  }
  return rest;
}

function sameAs(column: string, value: Operand | null): Predicate {
  return value === null
    ? { op: "compare", column, lookup: "isnull", value: true }
    : { op: "compare", column, lookup: "exact", value };
}

function behind(term: OrderTerm, value: Operand | null, nullable: boolean): Predicate {
  const { column, direction } = term;
  const nulls = nullsOf(term);
  if (value === null) {
    return nulls === "first" ? { op: "compare", column, lookup: "isnull", value: false } : { op: "false" };
  }
  const further: Predicate = { op: "compare", column, lookup: direction === "asc" ? "gt" : "lt", value };
  return nullable && nulls === "last"
    ? { op: "or", of: [further, { op: "compare", column, lookup: "isnull", value: true }] }
    : further;
}

/** A page's position as opaque text that stands in a URL as it is. */
export function encodeAfter(values: SeekValues): string {
  // Escaped to ASCII, so that each character is one byte.
  const json = JSON.stringify(values).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const text = toBase64(Uint8Array.from(json, (char) => char.charCodeAt(0)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The values that `encodeAfter` wrote, checked against the order's columns.
 *
 * @throws LivesetError `invalid` with the path `["after"]` where the text is not a position in this order.
 */
export function decodeAfter(text: string, order: Order, columns: Columns): SeekValues {
  const values = decodeJson(text);
  if (!Array.isArray(values) || values.length !== order.length) throw notAPosition();
  return order.map(({ column: name }, index) => {
    const column = columns.get(name);
    const value: unknown = values[index];
    if (column === undefined || (value === null && !column.nullable)) throw notAPosition();
    if (value === null) return null;
    try {
      return parseOperand(column, value, ["after"]);
    } catch (fault) {
      throw fault instanceof LivesetError ? notAPosition() : fault;
    }
  });
}

function decodeJson(text: string): unknown {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw notAPosition();
  const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  try {
    return JSON.parse(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  } catch {
    throw notAPosition();
  }
}

function notAPosition(): LivesetError {
  return invalid(["after"], "invalid_value", "after is not a page position of this list in this order.");
}
