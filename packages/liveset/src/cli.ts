#!/usr/bin/env node
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const help = `Usage:
  liveset capture --print <module>     Print the SQL of change capture for the tables that a module exports, itself or
                                       in an api made by defineApi. TypeScript needs Node 22.18 or newer.
  liveset capture --install <module>   Run it, in the PostgreSQL of --database. For a server whose role may not.
  liveset capture --drop <file|url>    Remove change capture. From a SQLite file: its triggers, before a migration that
                                       drops a column; the server installs them again at its next start. From a
                                       PostgreSQL: slot, publication, full replica identity, triggers and log.

Options:
  --database <url>                     The PostgreSQL, as a role that owns the tables; what is there is not made again.
  --role <name>                        The role of the server, which is granted what it needs.
  --capture <auto|wal|triggers>        As given to postgres(…); auto by default.
  --capture-schema <name>              As given to postgres(…); liveset by default.
  --casing <snake_case|camelCase>      Drizzle's casing of column names, as given to sqlite(…) or postgres(…).
  --help                               Show this.
`;

/** A wrong command line: the message is all that a person needs. */
class UsageError extends Error {}

try {
  process.stdout.write(await run(process.argv.slice(2)));
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage ? `\n${help}` : ""}`);
  process.exitCode = usage ? 2 : 1;
}

type Values = ReturnType<typeof parse>["values"];

async function run(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args);
  if (values.help) return help;
  const [command, target, ...more] = positionals;
  if (command === undefined) throw new UsageError("Which command?");
  if (command !== "capture") throw new UsageError(`There is no command "${command}".`);
  if ([values.print, values.install, values.drop].filter(Boolean).length !== 1)
    throw new UsageError("Say either --print, --install or --drop.");
  if (target === undefined)
    throw new UsageError(values.drop ? "Which file?" : "Which module exports the tables?");
  if (more.length > 0) throw new UsageError(`One at a time: "${more[0]}" is too many.`);
  if (values.drop && isPostgres(target)) return dropFromPostgres(target, values);
  if (!existsSync(target)) throw new UsageError(`There is no file "${target}".`);
  if (values.drop) return drop(target);
  if (values.database !== undefined) return plan(target, values);
  if (values.install)
    throw new UsageError(
      "Say which PostgreSQL with --database; on SQLite the server installs capture itself.",
    );
  return print(target, casingOf(values));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        print: { type: "boolean", default: false },
        install: { type: "boolean", default: false },
        drop: { type: "boolean", default: false },
        database: { type: "string" },
        role: { type: "string" },
        capture: { type: "string", default: "auto" },
        "capture-schema": { type: "string", default: "liveset" },
        casing: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function isPostgres(target: string): boolean {
  return /^postgres(ql)?:/.test(target);
}

function casingOf({ casing }: Values): "snake_case" | "camelCase" | undefined {
  if (casing === undefined || casing === "snake_case" || casing === "camelCase") return casing;
  throw new UsageError(`There is no casing "${casing}".`);
}

function modeOf({ capture }: Values): "auto" | "wal" | "triggers" {
  if (capture === "auto" || capture === "wal" || capture === "triggers") return capture;
  throw new UsageError(`There is no way of capture "${capture}".`);
}

function load(target: string): Promise<Readonly<Record<string, unknown>>> {
  return import(pathToFileURL(resolve(target)).href);
}

/** Prints or installs capture on PostgreSQL. */
async function plan(target: string, values: Values): Promise<string> {
  const { database: url = "", "capture-schema": schema, role = null } = values;
  const mode = modeOf(values);
  if (!isPostgres(url)) throw new UsageError(`"${url}" is no URL of a PostgreSQL.`);
  const casing = casingOf(values);
  // Loaded when needed: a wrong command line is answered at once.
  const { printCapture, installCaptureAt } = await import("./server/database/postgres/capture-command.ts");
  const command = { url, module: await load(target), mode, schema, role, casing };
  return values.install ? installCaptureAt(command) : printCapture(command);
}

async function dropFromPostgres(url: string, { "capture-schema": schema }: Values): Promise<string> {
  const { dropCaptureAt } = await import("./server/database/postgres/capture-command.ts");
  return dropCaptureAt(url, schema);
}

async function print(target: string, casing: "snake_case" | "camelCase" | undefined): Promise<string> {
  const module = await load(target);
  const { printExports } = await import("./server/database/sqlite/capture/print-capture.ts");
  const sql = printExports(module, casing);
  if (sql === null)
    throw new UsageError(
      `"${target}" exports no table of sqliteTable(…) and no api of defineApi(…); tables of PostgreSQL need --database.`,
    );
  return sql;
}

async function drop(file: string): Promise<string> {
  const { dropCapture } = await import("./server/database/sqlite/drop-capture.ts");
  const tables = dropCapture(file);
  return tables.length === 0
    ? "There were no triggers of liveset.\n"
    : `Removed from: ${tables.join(", ")}\n`;
}
