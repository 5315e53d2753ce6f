import { same, thrownBy } from "./checks.ts";
import type { DatabaseCase } from "./harness.ts";
import { insert, rowsOf, shorts, update } from "./rows.ts";

/** Who sees what, and when. */
export const isolationCases: readonly DatabaseCase[] = [
  {
    title: "P2: a read is one snapshot, at exactly its cursor",
    run: async ({ database, harness }) => {
      const { people } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a" });
      const before = database.feed.cursor;
      const { value, cursor } = await database.read(async (db) => {
        const first = await rowsOf(db, people);
        await insert(database.db, people, { id: 2, name: "b" });
        await harness.outside(["insert into people (id, name) values (3, 'c')"]);
        return [first.length, (await rowsOf(db, people)).length];
      });
      same([value, cursor], [[1, 1], before]);
      same((await rowsOf(database.db, people)).length, 3);
    },
  },
  {
    title: "P2: when a read resolves, listeners have been given everything up to its cursor",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await harness.outside(["insert into people (id, name) values (1, 'a')"]);
      const { value, cursor } = await database.read((db) => rowsOf(db, people));
      same([value.length, shorts(heard), heard.at(-1)?.cursor], [1, [["people + 1 a "]], cursor]);
    },
  },
  {
    title: "A read cannot write",
    run: async ({ database, harness }) => {
      const { people } = harness.tables;
      await thrownBy(() => database.read((db) => insert(db, people, { id: 1, name: "a" })));
      same(await rowsOf(database.db, people), []);
    },
  },
  {
    title: "A read during an open write sees what is committed; the write sees its own",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await database.write(async (db) => {
        await insert(db, people, { id: 1, name: "a" });
        const { value } = await database.read(async (reader) => (await rowsOf(reader, people)).length);
        same([value, (await rowsOf(db, people)).length, heard.length], [0, 1, 0]);
        return null;
      });
      same(heard.length, 1);
    },
  },
  {
    title: "Writes at the same time do not interleave",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a", age: 0 });
      const increment = async (): Promise<void> => {
        await database.write(async (db) => {
          const [row] = await rowsOf(db, people);
          await Promise.resolve();
          await update(db, people, { id: 1 }, { age: Number(row?.age) + 1 });
          return null;
        });
      };
      await Promise.all(Array.from({ length: 50 }, increment));
      same((await rowsOf(database.db, people))[0]?.age, 50);
      same(
        heard.map(({ changes }) => changes[0]?.after?.age),
        Array.from({ length: 51 }, (_, i) => i),
      );
    },
  },
  {
    title: "Both db and transaction belong to the transaction that the code is inside of",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await thrownBy(() =>
        database.write(async (db) => {
          await insert(db, people, { id: 1, name: "a" });
          await insert(database.db, people, { id: 2, name: "b" });
          same((await rowsOf(database.db, people)).length, 2);
          await database.db.transaction((tx) => insert(tx as typeof db, people, { id: 3, name: "c" }));
          throw new Error("all of it goes");
        }),
      );
      same([await rowsOf(database.db, people), heard], [[], []]);
    },
  },
  {
    title: "What was started in a transaction and not awaited does not write into a later one",
    run: async ({ database, harness }) => {
      const { people } = harness.tables;
      let late: Promise<void> = Promise.resolve();
      let start = (): void => {};
      await database.write(async (db) => {
        const gate = new Promise<void>((resolve) => (start = resolve));
        late = gate.then(() => insert(db, people, { id: 1, name: "late" }));
        return null;
      });
      await thrownBy(() =>
        database.write(async (db) => {
          start();
          await insert(db, people, { id: 2, name: "b" });
          await Promise.resolve();
          throw new Error("rolled back");
        }),
      );
      await late;
      same(
        (await rowsOf(database.db, people)).map(({ id }) => id),
        [1],
      );
    },
  },
  {
    title: "A failed statement inside of a transaction leaves the others",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await database.write(async (db) => {
        await insert(db, people, { id: 1, name: "a" });
        await thrownBy(() => db.transaction((tx) => insert(tx as typeof db, people, { id: 2, name: "a" })));
        await insert(db, people, { id: 3, name: "c" });
        return null;
      });
      same(shorts(heard), [["people + 1 a ", "people + 3 c "]]);
    },
  },
];
