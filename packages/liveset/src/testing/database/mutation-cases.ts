import { faultsOf, same, thrownBy } from "./checks.ts";
import type { DatabaseCase } from "./harness.ts";
import { insert, rowsOf, shorts } from "./rows.ts";

const mutation = { id: "m-1", owner: "ada", fingerprint: "create people 1" };

/** A mutation is applied at most once. */
export const mutationCases: readonly DatabaseCase[] = [
  {
    title: "P6: a repeated mutation is not run again and gives the first answer",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const first = await database.write(async (db) => {
        await insert(db, people, { id: 1, name: "a" });
        return { id: 1, list: [null, "x"] };
      }, mutation);
      const again = await database.write(async () => {
        throw new Error("run again");
      }, mutation);
      same([first.repeated, again.repeated, again.value], [false, true, { id: 1, list: [null, "x"] }]);
      same([shorts(heard), heard[0]?.mutations], [[["people + 1 a "]], ["m-1"]]);
      same(database.feed.compare(again.cursor, first.cursor) >= 0, true, "order of cursors");
    },
  },
  {
    title: "P6: a mutation that changes no row is a transaction all the same",
    run: async ({ database, heard }) => {
      const { cursor } = await database.write(async () => null, mutation);
      same(heard, [{ cursor, changes: [], mutations: ["m-1"] }]);
    },
  },
  {
    title: "P6: a mutation that failed may be tried again",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await thrownBy(() => database.write(() => Promise.reject(new Error("no")), mutation));
      const { repeated } = await database.write(async (db) => {
        await insert(db, people, { id: 1, name: "a" });
        return null;
      }, mutation);
      same([repeated, heard.length], [false, 1]);
    },
  },
  {
    title: "P6: the same mutation at the same time is run once",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const write = () =>
        database.write(async (db) => {
          await insert(db, people, { id: 1, name: "a" });
          return "done";
        }, mutation);
      const answers = await Promise.all([write(), write(), write()]);
      same(
        // Which of them is the first is the database's choice.
        answers.map(({ value, repeated }) => [value, repeated]).sort(),
        [
          ["done", false],
          ["done", true],
          ["done", true],
        ],
      );
      same([heard.length, (await rowsOf(database.db, people)).length], [1, 1]);
    },
  },
  {
    title: "P6: an id that was used by another owner or for another write is refused",
    run: async ({ database, heard }) => {
      await database.write(async () => null, mutation);
      for (const other of [{ owner: "bob" }, { fingerprint: "delete people 1" }]) {
        const thrown = await thrownBy(() => database.write(async () => null, { ...mutation, ...other }));
        same(faultsOf(thrown), { code: "mutation_reused", errors: [] });
      }
      same(heard.length, 1);
    },
  },
];
