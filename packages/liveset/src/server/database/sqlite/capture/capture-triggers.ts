import { quoted } from "../sql-name.ts";
import type { CaptureTable, UniqueColumns } from "./capture-table.ts";
import { encodeRow } from "./encode-row.ts";

/** A trigger and the statement that makes it. */
export interface Trigger {
  readonly name: string;
  readonly sql: string;
}

/** Milliseconds since 1970; by julianday, which the oldest SQLite has. */
const now = "CAST((julianday('now') - 2440587.5) * 86400000 + 0.5 AS INTEGER)";

/**
 * The triggers that write a table's changes into the log, in the order in which they are to be made.
 *
 * REPLACE deletes the rows in its way without delete triggers (unless `recursive_triggers` is on). So:
 *
 *   BEFORE INSERT/UPDATE   rows in the way   →  scratch table
 *   (SQLite replaces, ignores, updates or fails)
 *   AFTER DELETE           logged            →  out of the scratch table
 *   AFTER INSERT/UPDATE    those of the scratch table that are gone are logged as deleted; it is emptied; then the row itself
 *
 * What a statement left in the scratch table without an AFTER (OR IGNORE) is found not to be gone by the next one.
 */
export function captureTriggers(table: CaptureTable): Trigger[] {
  const named = (kind: string, event: string, rest: readonly string[]): Trigger => {
    const name = `liveset_${table.name}_${kind}`;
    return {
      name,
      sql: [`CREATE TRIGGER ${quoted(name)} ${event} ON ${quoted(table.name)}`, ...rest].join("\n"),
    };
  };
  return [
    named("before_insert", "BEFORE INSERT", beforeInsert(table)),
    named("before_update", `BEFORE UPDATE${updateOf(table)}`, beforeUpdate(table)),
    named("insert", "AFTER INSERT", [
      "BEGIN",
      ...replacedRows(table, sameKey(table, "r", "NEW")),
      `  ${logRow(table, "i", "NULL", encodeRow("NEW", table.columns))};`,
      "END",
    ]),
    named("update", "AFTER UPDATE", [
      "BEGIN",
      ...replacedRows(table, `${sameKey(table, "r", "NEW")} AND NOT (${sameKey(table, "r", "OLD")})`),
      `  ${logRow(table, "u", encodeRow("OLD", table.columns), encodeRow("NEW", table.columns))} WHERE ${changed(table)};`,
      "END",
    ]),
    named("delete", "AFTER DELETE", [
      "BEGIN",
      `  DELETE FROM liveset_replaced WHERE layout = ${table.layout} AND ${sameKey(table, "liveset_replaced", "OLD")};`,
      `  ${logRow(table, "d", encodeRow("OLD", table.columns), "NULL")};`,
      "END",
    ]),
  ];
}

function logRow({ layout }: CaptureTable, op: string, before: string, after: string): string {
  return `INSERT INTO liveset_changes (layout, op, before, after, at) SELECT ${layout}, '${op}', ${before}, ${after}, ${now}`;
}

function beforeInsert(table: CaptureTable): string[] {
  const inWay = table.unique.map((unique) => collides(unique));
  return [
    `WHEN ${inWay.map((condition) => exists(table, condition)).join(" OR ")}`,
    ...keepRows(table, inWay.join(" OR ")),
  ];
}

function beforeUpdate(table: CaptureTable): string[] {
  const other = table.key
    .map((column) => `t.${quoted(column)} COLLATE BINARY IS NOT OLD.${quoted(column)}`)
    .join(" OR ");
  const inWay = table.unique.map((unique) => `(${collides(unique)}) AND (${other})`);
  return [
    `WHEN ${inWay.map((condition) => exists(table, condition)).join(" OR ")}`,
    ...keepRows(table, inWay.join(" OR ")),
  ];
}

/** An update of other columns cannot collide, and costs nothing. */
function updateOf({ unique, generated }: CaptureTable): string {
  const columns = new Set(unique.flatMap((one) => one.columns.map(({ name }) => name)));
  if (unique.some(({ partial }) => partial) || [...columns].some((name) => generated.has(name))) return "";
  return ` OF ${[...columns].map(quoted).join(", ")}`;
}

function collides({ columns }: UniqueColumns): string {
  return columns
    .map(({ name, collation }) => `t.${quoted(name)} COLLATE ${quoted(collation)} = NEW.${quoted(name)}`)
    .join(" AND ");
}

function exists(table: CaptureTable, condition: string): string {
  return `EXISTS (SELECT 1 FROM ${quoted(table.name)} AS t WHERE ${condition})`;
}

function keepRows(table: CaptureTable, condition: string): string[] {
  const slots = table.key.map((_, i) => `k${i}`).join(", ");
  const key = table.key.map((column) => `t.${quoted(column)}`).join(", ");
  return [
    "BEGIN",
    `  DELETE FROM liveset_replaced WHERE layout = ${table.layout};`,
    `  INSERT INTO liveset_replaced (layout, image, ${slots}) SELECT ${table.layout}, ${encodeRow("t", table.columns)}, ${key}`,
    `    FROM ${quoted(table.name)} AS t WHERE ${condition};`,
    "END",
  ];
}

/** Those of the scratch table that are gone, and those whose key another row has now. */
function replacedRows(table: CaptureTable, taken: string): string[] {
  const there = table.key
    .map((column, i) => `t.${quoted(column)} = r.k${i} AND t.${quoted(column)} COLLATE BINARY = r.k${i}`)
    .join(" AND ");
  return [
    `  ${logRow(table, "d", "r.image", "NULL")} FROM liveset_replaced AS r WHERE r.layout = ${table.layout}`,
    `    AND (NOT ${exists(table, there)} OR ${taken});`,
    `  DELETE FROM liveset_replaced WHERE layout = ${table.layout};`,
  ];
}

function sameKey({ key }: CaptureTable, scratch: string, row: string): string {
  return key.map((column, i) => `${scratch}.k${i} IS ${row}.${quoted(column)} COLLATE BINARY`).join(" AND ");
}

/** By bytes: under a column's own collation `A` may equal `a`. */
function changed({ columns }: CaptureTable): string {
  return columns
    .map((column) => `OLD.${quoted(column)} COLLATE BINARY IS NOT NEW.${quoted(column)}`)
    .join(" OR ");
}
