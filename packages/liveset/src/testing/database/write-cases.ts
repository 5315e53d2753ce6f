import { same, thrownBy } from "./checks.ts";
import type { DatabaseCase } from "./harness.ts";
import { insert, remove, rowsOf, shorts, update, updateAll } from "./rows.ts";

/** What becomes of writes. */
export const writeCases: readonly DatabaseCase[] = [
  {
    title: "A write gives its value, and listeners have its transaction before it resolves",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const { value, cursor, repeated } = await database.write(async (db) => {
        await insert(db, people, { id: 1, name: "Ada", age: 36 }, { id: 2, name: "Bob", age: null });
        return { made: 2 };
      });
      same({ value, repeated }, { value: { made: 2 }, repeated: false });
      same(shorts(heard), [["people + 1 Ada 36", "people + 2 Bob "]]);
      same([heard[0]?.cursor, database.feed.cursor], [cursor, cursor], "cursor");
    },
  },
  {
    title: "A write that throws leaves nothing and throws the same error",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      const fault = new Error("no");
      const thrown = await thrownBy(() =>
        database.write(async (db) => {
          await insert(db, people, { id: 1, name: "Ada" });
          throw fault;
        }),
      );
      same(thrown === fault, true, "error");
      same([await rowsOf(database.db, people), heard], [[], []]);
    },
  },
  {
    title: "Every kind of column arrives in the feed as it is read",
    run: async ({ database, harness, heard }) => {
      const { kinds } = harness.tables;
      const some = {
        integer: Number.MAX_SAFE_INTEGER,
        real: 0.1 + 0.2,
        boolean: true,
        bigint: 9223372036854775807n,
        date: new Date("2026-02-03T04:05:06.000Z"),
        json: { list: [1, "two", null, { three: 3.5 }], text: 'quo"te \u0000 😀' },
        blob: Buffer.from([0, 1, 127, 128, 255]),
      };
      const less = {
        integer: -1,
        real: -1e-300,
        boolean: false,
        bigint: -1n,
        date: new Date(0),
        json: [],
        blob: Buffer.alloc(0),
      };
      await database.write(async (db) => {
        await insert(
          db,
          kinds,
          { id: "some é 漢 😀 ' \" \\ \n", ...some },
          { id: "less", ...less },
          { id: "" },
        );
        return null;
      });
      const rows = await rowsOf(database.db, kinds);
      const heardRows = heard[0]?.changes.map(({ after }) => after) ?? [];
      same([...heardRows].sort(byId), [...rows].sort(byId));
      const full = rows.find(({ id }) => String(id).startsWith("some"));
      same(
        [full?.bigint, full?.date, full?.blob],
        ["9223372036854775807", "2026-02-03T04:05:06.000Z", "AAF/gP8="],
      );
      same(rows.find(({ id }) => id === "less")?.bigint, "-1");
      await remove(database.db, kinds, { id: "less" });
      same(heard[1]?.changes, [
        { table: "kinds", before: rows.find(({ id }) => id === "less"), after: null },
      ]);
    },
  },
  {
    title: "A bulk update gives one change for each row that changed, none for the others",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await insert(
        database.db,
        people,
        { id: 1, name: "a", age: 1 },
        { id: 2, name: "b", age: 5 },
        { id: 3, name: "c", age: 1 },
      );
      await updateAll(database.db, people, { age: 5 });
      await updateAll(database.db, people, { age: 5 });
      same(shorts(heard).slice(1), [["people 1 a 1 > 1 a 5", "people 3 c 1 > 3 c 5"]]);
    },
  },
  {
    title: "A cascade is part of the transaction",
    run: async ({ database, harness, heard }) => {
      const { people, pets } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a" }, { id: 2, name: "b" });
      await insert(database.db, pets, { id: 1, ownerId: 1, name: "cat" }, { id: 2, ownerId: 2, name: "dog" });
      await remove(database.db, people, { id: 1 });
      same(shorts(heard)[2]?.toSorted(), ["people - 1 a ", "pets - 1 1 cat"]);
    },
  },
  {
    title: "A changed key is a delete and an insert",
    run: async ({ database, harness, heard }) => {
      const { places } = harness.tables;
      await insert(database.db, places, { x: "a", y: 1, label: "one" });
      await update(database.db, places, { x: "a" }, { y: 2 });
      same(shorts(heard)[1], ["places - a 1 one", "places + a 2 one"]);
    },
  },
  {
    title: "Changes are net: one for each row, from the first state to the last",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a" }, { id: 2, name: "b" }, { id: 3, name: "c" });
      await database.write(async (db) => {
        await insert(db, people, { id: 9, name: "fleeting" });
        await remove(db, people, { id: 9 });
        await update(db, people, { id: 1 }, { age: 1 });
        await update(db, people, { id: 1 }, { age: 2 });
        await update(db, people, { id: 2 }, { age: 7 });
        await update(db, people, { id: 2 }, { age: null });
        await remove(db, people, { id: 3 });
        await insert(db, people, { id: 3, name: "again" });
        return null;
      });
      same(shorts(heard)[1], ["people 1 a  > 1 a 2", "people 3 c  > 3 again "]);
    },
  },
  {
    title:
      "Transactions of the user's own Drizzle database are heard when they commit, and not at all when they do not",
    run: async ({ database, harness, heard }) => {
      const { people } = harness.tables;
      await database.db.transaction(async (tx) => {
        await insert(tx as typeof database.db, people, { id: 1, name: "a" });
        await thrownBy(() =>
          tx.transaction(async (inner) => {
            await insert(inner as typeof database.db, people, { id: 2, name: "b" });
            inner.rollback();
          }),
        );
        await tx.transaction(async (inner) =>
          insert(inner as typeof database.db, people, { id: 3, name: "c" }),
        );
        same(heard, [], "transactions before the commit");
      });
      await thrownBy(() =>
        database.db.transaction(async (tx) => {
          await insert(tx as typeof database.db, people, { id: 4, name: "d" });
          tx.rollback();
        }),
      );
      same(shorts(heard), [["people + 1 a ", "people + 3 c "]]);
    },
  },
];

function byId(a: { id?: unknown } | null, b: { id?: unknown } | null): number {
  return String(a?.id) < String(b?.id) ? -1 : 1;
}
