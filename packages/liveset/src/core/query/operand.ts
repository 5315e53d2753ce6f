import { invalid } from "../error/liveset-error.ts";
import { isBase64, toBase64 } from "./base64.ts";
import type { Column, ColumnKind } from "./column-kind.ts";
import { isoOf, parseIsoDate } from "./iso-date.ts";
import type { Operand } from "./predicate.ts";

/**
 * A value for a comparison with a column, checked against the column's kind and in canonical wire form: one
 * operand for all spellings of a value. Takes wire values, and of the server's own code Date, bigint and bytes.
 *
 * @throws LivesetError `invalid` with the path given, for a value of another kind (`invalid_type`) or one
 * that does not exist (`invalid_value`: NaN, 30 February, half a character).
 */
export function parseOperand(column: Column, value: unknown, path: readonly (string | number)[]): Operand {
  switch (column.kind) {
    case "text":
      return textOperand(column, value, path);
    case "integer":
    case "real":
      return numberOperand(column, value, path);
    case "boolean":
      if (typeof value === "boolean") return value;
      throw wrongType(column, value, path);
    case "bigint":
      return bigintOperand(column, value, path);
    case "date":
      return dateOperand(column, value, path);
    case "blob":
      return blobOperand(column, value, path);
    case "json":
    case "opaque":
      throw invalid(path, "invalid_type", `${column.name} cannot be compared with a value.`);
    default:
      return column.kind satisfies never;
  }
}

/** Half a surrogate pair has no UTF-8 form: the database would see another text than the memory. */
function textOperand(column: Column, value: unknown, path: readonly (string | number)[]): Operand {
  if (typeof value !== "string") throw wrongType(column, value, path);
  if (/\p{Surrogate}/u.test(value))
    throw wrongValue(path, `${column.name}: the text holds half a character (a lone surrogate).`);
  return value;
}

function numberOperand(column: Column, value: unknown, path: readonly (string | number)[]): Operand {
  if (column.kind === "integer" && isLongInteger(value)) return value;
  if (typeof value !== "number") throw wrongType(column, value, path);
  if (!Number.isFinite(value)) throw wrongValue(path, `${column.name}: ${value} is not a finite number.`);
  if (column.kind === "integer" && !Number.isSafeInteger(value)) {
    const why = "is not a whole number between -(2^53 - 1) and 2^53 - 1";
    throw wrongValue(path, `${column.name}: ${value} ${why}; larger ones are given as strings.`);
  }
  return value === 0 ? 0 : value;
}

/** Whether a value is what an integer of 64 bits that no JavaScript number holds has become on the wire: its digits. */
function isLongInteger(value: unknown): value is string {
  if (typeof value !== "string" || !/^-?[1-9]\d{15,18}$/.test(value)) return false;
  const integer = BigInt(value);
  return !Number.isSafeInteger(Number(value)) && BigInt.asIntN(64, integer) === integer;
}

function bigintOperand(column: Column, value: unknown, path: readonly (string | number)[]): Operand {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "string") throw wrongType(column, value, path);
  const digits = /^(-?)0*(\d+)$/.exec(value);
  if (digits === null)
    throw wrongValue(path, `${column.name}: "${shown(value)}" is not a whole number in decimal digits.`);
  return digits[2] === "0" ? "0" : `${digits[1]}${digits[2]}`;
}

function dateOperand(column: Column, value: unknown, path: readonly (string | number)[]): Operand {
  if (typeof value !== "string" && !(value instanceof Date)) throw wrongType(column, value, path);
  const iso = typeof value === "string" ? parseIsoDate(value) : isoOf(value);
  if (iso !== null) return iso;
  const why = "is not a date or a time with Z or an offset in ISO 8601, such as 2026-01-31T12:00:00Z.";
  throw wrongValue(path, `${column.name}: "${shown(String(value))}" ${why}`);
}

function blobOperand(column: Column, value: unknown, path: readonly (string | number)[]): Operand {
  if (value instanceof Uint8Array) return toBase64(value);
  if (typeof value !== "string") throw wrongType(column, value, path);
  if (!isBase64(value)) throw wrongValue(path, `${column.name}: not base64 with padding.`);
  return value;
}

const expected: { readonly [K in ColumnKind]: string } = {
  text: "a string",
  integer: "a whole number",
  real: "a number",
  boolean: "true or false",
  bigint: "a whole number as a string",
  date: "a date as an ISO 8601 string",
  blob: "base64 as a string",
  json: "nothing",
  opaque: "nothing",
};

function wrongType(column: Column, value: unknown, path: readonly (string | number)[]): Error {
  return invalid(
    path,
    "invalid_type",
    `${column.name} is compared with ${expected[column.kind]}, not with ${typeName(value)}.`,
  );
}

function wrongValue(path: readonly (string | number)[], message: string): Error {
  return invalid(path, "invalid_value", message);
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "undefined") return "undefined";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
