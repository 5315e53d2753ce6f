import { compareBase64 } from "./base64.ts";
import type { ColumnKind } from "./column-kind.ts";
import { compareText } from "./compare-text.ts";
import { compareIsoDates } from "./iso-date.ts";
import type { Operand } from "./predicate.ts";

/**
 * Compares two wire values of one kind, neither of them null: negative, 0 or positive. False is before true.
 * `bigint` goes by its digits as text: that is the order of the BLOB which SQLite keeps, and has no other meaning.
 */
export function compareValues(kind: ColumnKind): (a: Operand, b: Operand) => number {
  switch (kind) {
    case "integer":
      return compareIntegers;
    case "real":
    case "boolean":
      return compareNumbers;
    case "date":
      return (a, b) => compareIsoDates(String(a), String(b));
    case "blob":
      return (a, b) => compareBase64(String(a), String(b));
    case "text":
    case "bigint":
    case "json":
    case "opaque":
      return (a, b) => compareText(String(a), String(b));
    default:
      return kind satisfies never;
  }
}

function compareNumbers(a: Operand, b: Operand): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** An integer beyond 2^53 - 1 is a string of digits on the wire. As a number it is at least larger than all that are none. */
function compareIntegers(a: Operand, b: Operand): number {
  if (typeof a === "string" && typeof b === "string") return Number(BigInt(a) - BigInt(b));
  return compareNumbers(Number(a), Number(b));
}
