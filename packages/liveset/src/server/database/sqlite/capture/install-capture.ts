import { randomBytes } from "node:crypto";
import type { Log } from "../../../log.ts";
import type { TableInfo } from "../../../table/table-info.ts";
import type { Connection } from "../connection.ts";
import { type Casing, quoted, sqlNameOf } from "../sql-name.ts";
import type { CaptureTable } from "./capture-table.ts";
import { captureTriggers, type Trigger } from "./capture-triggers.ts";
import { layoutText } from "./layout-text.ts";
import { captureVersion, dropLogTables, logTables, maxKeyColumns } from "./log-tables.ts";
import { type DatabaseTable, readTable } from "./read-table.ts";

/** What a server reads the log with. */
export interface Capture {
  readonly epoch: string;
  /** The tables by the number of their layout. */
  readonly layouts: ReadonlyMap<number, TableInfo>;
}

/** How capture is installed. `lost` is an epoch that must not go on, null where none is. */
export interface Installing {
  readonly casing: Casing;
  readonly log: Log;
  readonly lost?: string | null;
}

/**
 * Installs or upgrades capture; to be called in a write transaction. Nothing is written where all is as it should be. Where a
 * table's triggers were missing, altered, or of another layout, changes may have been missed: the log begins anew, under a new epoch.
 *
 * @throws Error with one line for each table or column that the database does not have; where an epoch was lost, also where another
 * server has other tables: the two would renew each other's capture without end.
 */
export function installCapture(
  connection: Connection,
  tables: readonly TableInfo[],
  { casing, log, lost = null }: Installing,
): Capture {
  const found = checkTables(connection, tables, casing);
  if (lost !== null) ensureAlike(connection, tables, casing);
  if (versionOf(connection) !== captureVersion)
    for (const sql of [...dropLogTables, ...logTables]) connection.exec(sql);
  let broken = false;
  const layouts = new Map<number, TableInfo>();
  for (const [info, actual] of found) {
    for (const index of actual.expressionIndexes)
      log.warn(
        { table: info.name, index },
        "rows that REPLACE deletes because of a unique index on an expression are not seen",
      );
    const { id, known } = layoutOf(connection, info, casing);
    layouts.set(id, info);
    const installed = installTriggers(
      connection,
      info.name,
      captureTriggers(captureTable(info, actual, id, casing)),
    );
    if (installed !== "same") log.info({ table: info.name }, known ? "capture renewed" : "capture installed");
    broken ||= installed === "renewed" || (installed === "new" && known);
  }
  return { epoch: epochOf(connection, broken, lost), layouts };
}

function ensureAlike(connection: Connection, tables: readonly TableInfo[], casing: Casing): void {
  const version = versionOf(connection);
  const differs = tables.some((info) => {
    const [, columns] = knownLayout(connection, info);
    return columns !== undefined && columns !== layoutText(info, casing);
  });
  if (version !== undefined && (version !== captureVersion || differs))
    throw new Error(
      "The log of changes was renewed by another process, which declares other tables: restart this server.",
    );
}

function knownLayout(connection: Connection, { name }: TableInfo) {
  return connection.get("SELECT id, columns FROM liveset_layouts WHERE name = ?", name);
}

/** What capture must know of a table. */
export function captureTable(
  info: TableInfo,
  actual: Pick<DatabaseTable, "unique" | "generated">,
  layout: number,
  casing: Casing,
): CaptureTable {
  const columns = [...info.columns.values()];
  const key = columns.filter(({ name }) => info.key.includes(name));
  return {
    name: info.name,
    layout,
    columns: columns.map((column) => sqlNameOf(column, casing)),
    key: key.map((column) => sqlNameOf(column, casing)),
    unique: actual.unique,
    generated: actual.generated,
  };
}

function checkTables(
  connection: Connection,
  tables: readonly TableInfo[],
  casing: Casing,
): [TableInfo, DatabaseTable][] {
  const faults: string[] = [];
  const found: [TableInfo, DatabaseTable][] = [];
  for (const info of tables) {
    const actual = readTable(connection, info.name);
    if (actual === null) faults.push(`The database has no table "${info.name}".`);
    else found.push([info, actual]);
    if (info.key.length > maxKeyColumns)
      faults.push(`The key of "${info.name}" has more than ${maxKeyColumns} columns.`);
    const there = new Set(actual?.columns.map((name) => name.toLowerCase()));
    for (const column of actual === null ? [] : info.columns.values()) {
      const name = sqlNameOf(column, casing);
      if (!there.has(name.toLowerCase())) faults.push(`The table "${info.name}" has no column "${name}".`);
    }
  }
  if (faults.length > 0) throw new Error([...faults, "Run your migrations."].join("\n"));
  return found;
}

function versionOf(connection: Connection): unknown {
  const [there] = connection.get("SELECT 1 FROM sqlite_master WHERE name = 'liveset_meta'");
  return there === 1 ? connection.get("SELECT value FROM liveset_meta WHERE key = 'version'")[0] : undefined;
}

function layoutOf(connection: Connection, info: TableInfo, casing: Casing): { id: number; known: boolean } {
  const text = layoutText(info, casing);
  const [id, columns] = knownLayout(connection, info);
  if (id !== undefined && columns === text) return { id: Number(id), known: true };
  // A new number, so that a server which still runs with the old layout does not misread the new rows.
  connection.run("DELETE FROM liveset_layouts WHERE name = ?", [info.name], "run");
  const { lastInsertRowid } = connection.run(
    "INSERT INTO liveset_layouts (name, columns) VALUES (?, ?)",
    [info.name, text],
    "run",
  );
  return { id: Number(lastInsertRowid), known: id !== undefined };
}

/** What had to be done. Ours must be the youngest of a table's triggers: SQLite fires the youngest first. */
function installTriggers(
  connection: Connection,
  table: string,
  wanted: readonly Trigger[],
): "same" | "new" | "renewed" {
  const actual = connection.all(
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) = lower(?) ORDER BY rowid",
    table,
  );
  const last = actual.slice(-wanted.length);
  const same = last.length === wanted.length && wanted.every(({ sql }, i) => last[i]?.[1] === sql);
  const ours = actual.filter(([name]) => String(name).startsWith("liveset_"));
  if (same && ours.length === wanted.length) return "same";
  for (const [name] of ours) connection.exec(`DROP TRIGGER ${quoted(String(name))}`);
  for (const { sql } of wanted) connection.exec(sql);
  connection.exec("DELETE FROM liveset_replaced");
  return ours.length > 0 ? "renewed" : "new";
}

function epochOf(connection: Connection, broken: boolean, lost: string | null): string {
  const [known] = connection.get("SELECT value FROM liveset_meta WHERE key = 'epoch'");
  const [count] = connection.get("SELECT EXISTS (SELECT 1 FROM liveset_changes)");
  if (typeof known === "string" && !broken && known !== lost && count === 1) return known;
  const epoch = randomBytes(4).toString("hex");
  const [last] = connection.get("SELECT max(seq) FROM liveset_changes");
  connection.exec("DELETE FROM liveset_changes");
  const put =
    "INSERT INTO liveset_meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
  connection.run(put, ["version", captureVersion], "run");
  connection.run(put, ["epoch", epoch], "run");
  // The log is never empty: every position has a row, and servers that still run under the old epoch meet this one.
  connection.run(
    "INSERT INTO liveset_changes (seq, layout, op, after, at) VALUES (?, 0, 'e', ?, ?)",
    [Number(last ?? 0) + 1, epoch, Date.now()],
    "run",
  );
  return epoch;
}
