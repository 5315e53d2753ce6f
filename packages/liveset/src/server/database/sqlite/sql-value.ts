import type { SQLInputValue } from "node:sqlite";

/** A value as SQLite gives it: integers beyond 2^53 - 1 as bigint, blobs as bytes. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/**
 * A parameter as `node:sqlite` must be given it. It binds every JavaScript number as a real, which a text column would
 * keep as "1.0"; whole ones go as integers.
 *
 * @throws TypeError for a value that SQLite has no form for.
 */
export function toSqlInput(value: unknown): SQLInputValue {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
    case "boolean":
      return value ? 1n : 0n;
    case "string":
    case "bigint":
      return value;
    case "undefined":
      return null;
    default:
      if (value === null) return value;
      if (ArrayBuffer.isView(value)) return value as NodeJS.ArrayBufferView;
      throw new TypeError(
        `SQLite cannot keep ${Object.prototype.toString.call(value)}: pass text, a number, bytes or null.`,
      );
  }
}

/** A value as `node:sqlite` gives it when it reads integers as bigint. */
export function fromSqlOutput(value: unknown): SqlValue {
  if (typeof value !== "bigint") return value as SqlValue;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
