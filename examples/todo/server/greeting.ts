import { existsSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import type { Account } from "./session-routes.ts";

/** What the demo tells a person who has just started it. */
export interface GreetingFacts {
  /** Such as `http://localhost:8000`. */
  readonly url: string;
  /** The database file. */
  readonly file: string;
  /** Where the person types. */
  readonly folder: string;
  readonly accounts: readonly Account[];
  /** A task of a shared list, to be changed. */
  readonly task: {
    readonly id: number;
    readonly text: string;
    readonly listId: number;
    readonly listName: string;
  };
  /** Whether the sqlite3 program is there. */
  readonly hasSqlite3: boolean;
}

/** The address, what to try, and how to stop. The lines after `$` can be pasted into a terminal. */
export function greeting({ url, file, folder, accounts, task, hasSqlite3 }: GreetingFacts): string {
  const below = relative(folder, file);
  const path = shellWord(below.startsWith("..") ? file : below);
  const sql = `UPDATE tasks SET done = NOT done WHERE listId = ${task.listId}`;
  const script = `new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec(process.argv[2])`;
  const sqlLine = hasSqlite3 ? `sqlite3 ${path} "${sql}"` : `npx node -e "${script}" ${path} "${sql}"`;
  const names = accounts.map(({ name }) => name).join(" and ");
  return `
  The to-do demo runs at ${url}

  Open it in two windows, side by side, and tick something.
  Sign in as ${names} at the lower left: each has private lists, which the other never sees.
  The application of the Vuex tutorial: ${url}/patients/

  Change “${task.text}” from another terminal:
  $ curl -X PATCH ${url}/api/tasks/${task.id}/ -H 'content-type: application/json' -d '{"done": true}'

  Or turn the whole list “${task.listName}” around, in the file, behind the server's back:
  $ ${sqlLine}

  Stop it with Ctrl-C, and watch the page wait for it. \`npm run demo -- --reset\` starts anew.

`;
}

/** Whether a program of this name is on the PATH. */
export function hasProgram(name: string): boolean {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .some((folder) => folder !== "" && existsSync(join(folder, name)));
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
