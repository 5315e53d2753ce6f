import { type Column as DrizzleColumn, is } from "drizzle-orm";
import { PgArray } from "drizzle-orm/pg-core";
import { invalid } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import { fromBase64, isBase64, toBase64 } from "../../core/query/base64.ts";
import type { ColumnKind } from "../../core/query/column-kind.ts";
import { isoOf, parseIsoDate } from "../../core/query/iso-date.ts";
import { toWire } from "../to-wire.ts";
import { columnKindOf } from "./column-kind-of.ts";

/** To and from the wire form of one kind of column. Neither is ever given null. */
export interface ColumnCodec {
  toWire(value: unknown): Json;
  fromWire(value: Json): unknown;
}

/**
 * The codec of a kind. `toWire` never fails on what a database may hold: SQLite keeps any value in any column, and one odd row
 * must not stop a list; a value that has no form of the kind is passed as what it is, an impossible date is null.
 */
export function columnCodec(kind: ColumnKind, drizzle: DrizzleColumn): ColumnCodec {
  if (is(drizzle, PgArray)) return listCodec(drizzle.baseColumn);
  switch (kind) {
    case "text":
      if (drizzle.columnType === "PgChar") return charCodec;
      return {
        toWire: anyToWire,
        fromWire: (value) => checked(typeof value === "string", value, "a string"),
      };
    case "boolean":
      return {
        toWire: anyToWire,
        fromWire: (value) => checked(typeof value === "boolean", value, "true or false"),
      };
    case "integer":
      return { toWire: anyToWire, fromWire: integerFromWire };
    case "real":
      // Infinity stays: comparisons in memory need it, and JSON writes it as null.
      return {
        toWire: anyToWire,
        fromWire: (value) => checked(typeof value === "number", value, "a number"),
      };
    case "bigint":
      return { toWire: String, fromWire: bigintFromWire };
    case "date":
      return {
        toWire: (value) => (value instanceof Date ? isoOf(value) : anyToWire(value)),
        fromWire: dateFromWire,
      };
    case "blob":
      return blobCodec(drizzle);
    case "json":
    case "opaque":
      return { toWire: anyToWire, fromWire: (value) => value };
    default:
      return kind satisfies never;
  }
}

/** PostgreSQL fills `char(n)` with spaces that mean nothing. */
const charCodec: ColumnCodec = {
  toWire: (value) => (typeof value === "string" ? value.replace(/ +$/, "") : anyToWire(value)),
  fromWire: (value) => checked(typeof value === "string", value, "a string"),
};

/** A list of PostgreSQL's: each value as one of its column's kind. */
function listCodec(base: DrizzleColumn): ColumnCodec {
  const of = columnCodec(columnKindOf(base), base);
  return {
    toWire: (value) =>
      Array.isArray(value)
        ? value.map((one) => (one === null || one === undefined ? null : of.toWire(one)))
        : anyToWire(value),
    fromWire: (value) => {
      if (!Array.isArray(value)) throw kindError("a list");
      return value.map((one) => (one === null ? null : of.fromWire(one)));
    },
  };
}

function anyToWire(value: unknown): Json {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      return toWire(value);
  }
}

function integerFromWire(value: Json): unknown {
  if (Number.isSafeInteger(value)) return value;
  // Beyond 2^53 - 1 a value of the database comes as a string, so that it keeps its digits.
  if (typeof value === "string" && /^-?\d{16,19}$/.test(value)) return BigInt(value);
  throw kindError("a whole number between -(2^53 - 1) and 2^53 - 1");
}

function bigintFromWire(value: Json): bigint {
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  throw kindError("a whole number as a string of decimal digits");
}

function dateFromWire(value: Json): Date {
  const iso = typeof value === "string" ? parseIsoDate(value) : null;
  if (iso === null)
    throw kindError("a date, or a time with Z or an offset, in ISO 8601, such as 2026-01-31T12:00:00Z");
  return new Date(iso);
}

function blobCodec(drizzle: DrizzleColumn): ColumnCodec {
  return {
    toWire: (value) => (value instanceof Uint8Array ? toBase64(value) : anyToWire(value)),
    fromWire: (value) => {
      if (typeof value !== "string" || !isBase64(value)) throw kindError("base64 with padding");
      // Drizzle's own form of the bytes: a Buffer where there is one.
      return drizzle.mapFromDriverValue(fromBase64(value));
    },
  };
}

function checked(valid: boolean, value: Json, what: string): Json {
  if (!valid) throw kindError(what);
  return value;
}

function kindError(what: string): Error {
  return invalid([], "invalid_type", `Expected ${what}.`);
}
