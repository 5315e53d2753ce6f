import type { lists, patients, tasks, users } from "../schema.ts";
import { adaLists } from "./ada-lists.ts";
import { benLists } from "./ben-lists.ts";
import { expandLines } from "./expand-lines.ts";
import type { ListText } from "./list-text.ts";
import { patientRecords } from "./patients.ts";
import { random } from "./random.ts";
import { sharedLists } from "./shared-lists.ts";

/** The accounts of the demo. */
export const accounts = [
  { id: "ada", name: "Ada Brennan" },
  { id: "ben", name: "Ben Okafor" },
] as const satisfies readonly (typeof users.$inferInsert)[];

/** What a new database holds, by table. */
export interface SeedRows {
  readonly users: readonly (typeof users.$inferInsert)[];
  readonly lists: readonly (typeof lists.$inferInsert)[];
  readonly tasks: readonly (typeof tasks.$inferInsert)[];
  readonly patients: readonly (typeof patients.$inferInsert)[];
}

/** The first rows of the demo, the same ones every time. */
export function seedRows(): SeedRows {
  const next = random(1);
  const owned = (texts: readonly ListText[], ownerId: string | null) =>
    texts.map((text) => ({ ...text, ownerId }));
  const all = [...owned(sharedLists, null), ...owned(adaLists, "ada"), ...owned(benLists, "ben")];
  return {
    users: accounts,
    lists: all.map(({ name, ownerId }, index) => ({ id: index + 1, name, ownerId })),
    tasks: all.flatMap(({ lines, ownerId }, index) =>
      expandLines(lines).map((text) => ({ text, done: next() < 0.35, listId: index + 1, ownerId })),
    ),
    patients: patientRecords(500),
  };
}
