import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Table } from "drizzle-orm";
import { onTestFinished } from "vitest";
import type { Transaction } from "../../../core/change/transaction.ts";
import { quiet } from "../../../testing/database/quiet.ts";
import type { Log } from "../../log.ts";
import { inspectTable } from "../../table/inspect-table.ts";
import type { Database } from "../database.ts";
import { sqlite } from "./sqlite.ts";
import type { SqliteOptions } from "./sqlite-options.ts";

/** A file that is removed after the test, with the tables of the SQL. */
export function makeFile(sql: string): string {
  const folder = mkdtempSync(join(tmpdir(), "liveset-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "test.db");
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  return path;
}

/** A connection that knows nothing of liveset, closed after the test. */
export function outside(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

/** An open database on the file, closed after the test, and what its listeners hear. */
export async function openSqlite(
  path: string,
  tables: readonly Table[],
  options: SqliteOptions = {},
  log: Log = quiet,
): Promise<{ database: Database; heard: Transaction[] }> {
  const database = sqlite(path, options);
  onTestFinished(() => database.close());
  await database.open({ tables: tables.map(inspectTable), log });
  const heard: Transaction[] = [];
  database.feed.listen((transaction) => heard.push(transaction));
  return { database, heard };
}
