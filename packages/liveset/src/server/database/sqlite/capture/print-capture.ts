import { is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { inspectTable } from "../../../table/inspect-table.ts";
import type { TableInfo } from "../../../table/table-info.ts";
import { exportedTables } from "../../exported-tables.ts";
import type { Casing } from "../sql-name.ts";
import { captureTriggers } from "./capture-triggers.ts";
import { declaredUnique } from "./declared-unique.ts";
import { captureTable } from "./install-capture.ts";
import { logTables } from "./log-tables.ts";

/**
 * The SQL that capture installs for these tables in a new database. Where the database has other unique indexes than are declared,
 * its triggers look for those.
 */
export function printCapture(tables: readonly TableInfo[], casing: Casing): string {
  const statements = [...logTables];
  tables.forEach((info, i) => {
    const generated = [...info.columns.values()]
      .filter((column) => column.generated)
      .map(({ drizzle }) => drizzle.name);
    const actual = { unique: declaredUnique(info, casing), generated: new Set(generated) };
    for (const { sql } of captureTriggers(captureTable(info, actual, i + 1, casing))) statements.push(sql);
  });
  return statements.map((sql) => `${sql};\n`).join("\n");
}

/** The same for what a module exports: tables, and apis with the tables of their resources. Null where there are none. */
export function printExports(module: Readonly<Record<string, unknown>>, casing: Casing): string | null {
  const tables = exportedTables(module).filter((table) => is(table, SQLiteTable));
  return tables.length === 0 ? null : printCapture(tables.map(inspectTable), casing);
}
