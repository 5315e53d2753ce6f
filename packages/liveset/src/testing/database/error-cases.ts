import { is, type Table } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";
import * as sqlite from "drizzle-orm/sqlite-core";
import { inspectTable } from "../../server/table/inspect-table.ts";
import { eventually, faultsOf, same, thrownBy } from "./checks.ts";
import { connect, type DatabaseCase } from "./harness.ts";
import { quiet } from "./quiet.ts";
import { insert, rowsOf, update } from "./rows.ts";

/** What goes wrong, and the end. */
export const errorCases: readonly DatabaseCase[] = [
  {
    title: "A broken constraint is an error that names the property",
    run: async ({ database, harness }) => {
      const { people, pets, places } = harness.tables;
      await insert(database.db, people, { id: 1, name: "a" });
      await insert(database.db, places, { x: "a", y: 1 });
      const faults = async (work: () => Promise<void>) => faultsOf(database.toError(await thrownBy(work)));
      same(await faults(() => insert(database.db, people, { id: 2, name: "a" })), conflict("unique", "name"));
      same(await faults(() => insert(database.db, people, { id: 1, name: "b" })), conflict("unique", "id"));
      same(await faults(() => insert(database.db, places, { x: "a", y: 1 })), conflict("unique", "x", "y"));
      same(await faults(() => insert(database.db, pets, { id: 1, ownerId: 7, name: "" })), {
        code: "conflict",
        errors: [{ path: [], code: "foreign_key" }],
      });
      same(await faults(() => update(database.db, people, { id: 1 }, { name: null })), {
        code: "invalid",
        errors: [{ path: ["name"], code: "required" }],
      });
      same(await faults(() => update(database.db, people, { id: 1 }, { age: -1 })), {
        code: "invalid",
        errors: [{ path: [], code: "check" }],
      });
      same(database.toError(new Error("other")), null);
    },
  },
  {
    title: "Opening says which table or column is missing",
    run: async ({ database, harness }) => {
      await database.close();
      const other = connect(harness);
      const tables = wrongTables(harness.tables.people).map(inspectTable);
      const thrown = await thrownBy(() => other.open({ tables, log: quiet }));
      await other.close();
      for (const name of ["ghosts", "nickname", "people", "migrations"])
        same([name, String(thrown).includes(name)], [name, true]);
    },
  },
  {
    title: "Closing finishes the writes under way, and refuses new ones",
    run: async ({ database, harness }) => {
      const { people } = harness.tables;
      let begun = false;
      let finish = (): void => {};
      const slow = database.write(async (db) => {
        begun = true;
        await new Promise<void>((resolve) => (finish = resolve));
        await insert(db, people, { id: 1, name: "a" });
        return null;
      });
      const waiting = insert(database.db, people, { id: 2, name: "b" });
      await eventually(() => same(begun, true));
      const closed = database.close();
      const refused = thrownBy(() => insert(database.db, people, { id: 3, name: "c" }));
      finish();
      await Promise.all([slow, waiting, closed]);
      same(faultsOf(database.toError(await refused)).code, "unavailable");
      await database.close();
      const again = connect(harness);
      same(
        (await rowsOf(again.db, people)).map(({ id }) => id),
        [1, 2],
      );
      await again.close();
    },
  },
];

/** A table that is not there, and `people` with a column too many. */
function wrongTables(people: Table): Table[] {
  if (is(people, pg.PgTable))
    return [
      pg.pgTable("ghosts", { id: pg.integer().primaryKey() }),
      pg.pgTable("people", { id: pg.integer().primaryKey(), nickname: pg.text() }),
    ];
  return [
    sqlite.sqliteTable("ghosts", { id: sqlite.integer().primaryKey() }),
    sqlite.sqliteTable("people", { id: sqlite.integer().primaryKey(), nickname: sqlite.text() }),
  ];
}

function conflict(code: string, ...names: readonly string[]) {
  return { code: "conflict", errors: names.map((name) => ({ path: [name], code })) };
}
