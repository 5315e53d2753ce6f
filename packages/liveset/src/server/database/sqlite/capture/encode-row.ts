import { quoted } from "../sql-name.ts";

const safe = Number.MAX_SAFE_INTEGER;

/**
 * SQL that writes a row as a JSON list in which nothing is lost: text as `t…`, a blob as `b` and hex, a real as `r` and 17
 * digits (SQLite's own JSON writes 15 in old versions), a whole number as itself, or as `i…` beyond 2^53 - 1. `row` is NEW, OLD or
 * an alias.
 */
export function encodeRow(row: string, columns: readonly string[]): string {
  return `json_array(${columns.map((column) => encodeValue(`${row}.${quoted(column)}`)).join(", ")})`;
}

function encodeValue(value: string): string {
  const whole = `CASE WHEN ${value} BETWEEN -${safe} AND ${safe} THEN ${value} ELSE 'i' || ${value} END`;
  return (
    `CASE typeof(${value}) WHEN 'text' THEN 't' || ${value} WHEN 'integer' THEN ${whole} ` +
    `WHEN 'real' THEN 'r' || printf('%!.17g', ${value}) WHEN 'blob' THEN 'b' || hex(${value}) END`
  );
}
