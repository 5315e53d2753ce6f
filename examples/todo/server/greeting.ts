import type { Account } from "./session-routes.ts";

/** What the demo tells a person who has just started it. */
export interface GreetingFacts {
  /** Such as `http://localhost:8000`. */
  readonly url: string;
  readonly accounts: readonly Account[];
  /** A task of a shared list, to be changed. */
  readonly task: {
    readonly id: number;
    readonly text: string;
    readonly listId: number;
    readonly listName: string;
  };
  /** Where the rows are. */
  readonly place: "file" | "database";
  /** A line for a terminal that turns the tasks of its list around there. */
  readonly turnAround: string;
}

/** The address, what to try, and how to stop. The lines after `$` can be pasted into a terminal. */
export function greeting({ url, accounts, task, place, turnAround }: GreetingFacts): string {
  const names = accounts.map(({ name }) => name).join(" and ");
  return `
  The to-do demo runs at ${url}

  Open it in two windows, side by side, and tick something.
  Sign in as ${names} at the lower left: each has private lists, which the other never sees.
  The application of the Vuex tutorial: ${url}/patients/

  Change “${task.text}” from another terminal:
  $ curl -X PATCH ${url}/api/tasks/${task.id}/ -H 'content-type: application/json' -d '{"done": true}'

  Or turn the whole list “${task.listName}” around, in the ${place}, behind the server's back:
  $ ${turnAround}

  ${url}/departments/ is a tree of 40,000 rows, of which only those that are seen are loaded.

  Stop it with Ctrl-C, and watch the page wait for it. \`npm run demo -- --reset\` starts anew.

`;
}
