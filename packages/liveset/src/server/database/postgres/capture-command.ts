import { is, type Table } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import pg from "pg";
import { inspectTable } from "../../table/inspect-table.ts";
import { exportedTables } from "../exported-tables.ts";
import {
  type CapturePlan,
  type CaptureRequest,
  installCapture,
  planCapture,
  removeCapture,
} from "./manage-capture.ts";

/** What `npx liveset capture` was asked, of PostgreSQL. */
export interface CaptureCommand extends Omit<CaptureRequest, "tables"> {
  readonly url: string;
  /** What a module exports: tables, and apis with the tables of their resources. */
  readonly module: Readonly<Record<string, unknown>>;
}

/**
 * The SQL that a database lacks, with a first line that says which way of capture it is for.
 *
 * @throws Error where the module exports no table of PostgreSQL, or as `planCapture` does.
 */
export function printCapture(command: CaptureCommand): Promise<string> {
  return within(command.url, async (client) => textOf(await planCapture(client, requestOf(command))));
}

/** Runs that SQL. Gives what was run. */
export function installCaptureAt(command: CaptureCommand): Promise<string> {
  return within(command.url, async (client) => textOf(await installCapture(client, requestOf(command))));
}

/** Removes capture of either way from a database. Gives what was run. */
export function dropCaptureAt(url: string, schema: string): Promise<string> {
  return within(url, async (client) => {
    const statements = await removeCapture(client, schema);
    return statements.length === 0 ? "There was nothing of liveset.\n" : sqlOf(statements);
  });
}

function requestOf({ module, ...request }: CaptureCommand): CaptureRequest {
  const tables = exportedTables(module).filter((table) => is(table, PgTable));
  if (tables.length === 0)
    throw new Error("The module exports no table of pgTable(…) and no api of defineApi(…).");
  const infos = tables.map((table: Table) => inspectTable(table));
  // In the same order however the module exports them.
  return { ...request, tables: infos.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function textOf({ capture, steps }: CapturePlan): string {
  const statements = steps.flat();
  return `-- capture: ${capture}\n${statements.length === 0 ? "-- Nothing is missing.\n" : sqlOf(statements)}`;
}

function sqlOf(statements: readonly string[]): string {
  return statements.map((sql) => `${sql.trim()};\n`).join("");
}

async function within<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "liveset capture" });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
