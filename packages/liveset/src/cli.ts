#!/usr/bin/env node
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const help = `Usage:
  liveset capture --print <module>   Print the SQL of change capture for the tables that a module exports, itself or
                                     in an api made by defineApi. TypeScript needs Node 22.18 or newer.
  liveset capture --drop <file>      Remove the triggers of change capture from a SQLite file, before a migration that
                                     drops a column. The server installs them again at its next start.

Options:
  --casing <snake_case|camelCase>    Drizzle's casing of column names, as given to sqlite(…).
  --help                             Show this.
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

async function run(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args);
  if (values.help) return help;
  const [command, target, ...more] = positionals;
  if (command === undefined) throw new UsageError("Which command?");
  if (command !== "capture") throw new UsageError(`There is no command "${command}".`);
  if (values.print === values.drop) throw new UsageError("Say either --print or --drop.");
  if (target === undefined)
    throw new UsageError(values.print ? "Which module exports the tables?" : "Which file?");
  if (more.length > 0) throw new UsageError(`One at a time: "${more[0]}" is too many.`);
  if (!existsSync(target)) throw new UsageError(`There is no file "${target}".`);
  return values.print ? print(target, values.casing) : drop(target);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        print: { type: "boolean", default: false },
        drop: { type: "boolean", default: false },
        casing: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function print(target: string, casing: string | undefined): Promise<string> {
  if (casing !== undefined && casing !== "snake_case" && casing !== "camelCase")
    throw new UsageError(`There is no casing "${casing}".`);
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(resolve(target)).href);
  // Loaded when needed: a wrong command line is answered at once.
  const { printExports } = await import("./server/database/sqlite/capture/print-capture.ts");
  const sql = printExports(module, casing);
  if (sql === null)
    throw new UsageError(`"${target}" exports no table of sqliteTable(…) and no api of defineApi(…).`);
  return sql;
}

async function drop(file: string): Promise<string> {
  const { dropCapture } = await import("./server/database/sqlite/drop-capture.ts");
  const tables = dropCapture(file);
  return tables.length === 0
    ? "There were no triggers of liveset.\n"
    : `Removed from: ${tables.join(", ")}\n`;
}
