import { existsSync } from "node:fs";
import { delimiter, join, relative } from "node:path";

/** A line that runs SQL on a SQLite file: with the sqlite3 program where it is there. `folder` is where the person types. */
export function sqliteLine(sql: string, file: string, folder: string): string {
  const below = relative(folder, file);
  const path = shellWord(below.startsWith("..") ? file : below);
  const script = `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec(process.argv[2])`;
  return hasProgram("sqlite3") ? `sqlite3 ${path} "${sql}"` : `npx node -e "${script}" ${path} "${sql}"`;
}

/** A line that runs SQL on PostgreSQL: with psql where it is there. */
export function postgresLine(sql: string, url: string): string {
  const script =
    "const c = new (require('pg').Client)(process.argv[1]); c.connect().then(() => c.query(process.argv[2])).finally(() => c.end())";
  const place = shellWord(url);
  return hasProgram("psql") ? `psql ${place} -c "${sql}"` : `npx node -e "${script}" ${place} "${sql}"`;
}

/** Whether a program of this name is on the PATH. */
function hasProgram(name: string): boolean {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .some((folder) => folder !== "" && existsSync(join(folder, name)));
}

function shellWord(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
