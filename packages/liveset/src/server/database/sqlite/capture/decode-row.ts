import type { SqlValue } from "../sql-value.ts";

/** The values of a row that `encodeRow` wrote. */
export function decodeRow(text: string): SqlValue[] {
  return (JSON.parse(text) as (null | number | string)[]).map(decodeValue);
}

function decodeValue(value: null | number | string): SqlValue {
  if (typeof value !== "string") return value;
  const rest = value.slice(1);
  switch (value[0]) {
    case "t":
      return rest;
    case "i":
      return BigInt(rest);
    case "b":
      return Buffer.from(rest, "hex");
    default:
      return decodeReal(rest);
  }
}

function decodeReal(text: string): number {
  if (text === "Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}
