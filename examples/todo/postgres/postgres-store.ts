import { sql } from "drizzle-orm";
import type { Db, PostgresDb } from "liveset";
import { postgres } from "liveset/postgres";
import { startPostgres } from "../../../packages/liveset/src/testing/programs/start-postgres.ts";
import { type DemoDatabase, makeApi } from "../api.ts";
import type { DemoStore } from "../server/demo-store.ts";
import { postgresLine } from "../server/shell-line.ts";
import { prepareSchema } from "./prepare-schema.ts";
import { postgresSchema } from "./schema.ts";

const postgresDemo: DemoDatabase = {
  schema: postgresSchema,
  async lastTaskId(db) {
    const [row] = await db
      .select({ last: sql<number>`last_value::float8` })
      .from(sql`todo_demo.tasks_id_seq`);
    return row?.last ?? 0;
  },
};

/**
 * The demo on a PostgreSQL server, in a schema of its own, `todo_demo`; filled where that is new.
 *
 * @param given the server's URL; without one a server is started that ends with the demo, and its rows with it
 */
export async function postgresStore(given: string | undefined, reset: boolean): Promise<DemoStore> {
  // In a group of its own: at Ctrl-C the demo ends first, and then ends it.
  const own = given === undefined ? await startPostgres([], { detached: true }) : null;
  const url = given ?? own?.url ?? "";
  const database = postgres(url, { casing: "snake_case", captureSchema: "todo_demo_liveset" });
  try {
    await prepareSchema(database.db, reset);
  } catch (error) {
    await database.close();
    await own?.stop();
    throw error;
  }
  const close = database.close.bind(database);
  return {
    api: makeApi(postgresDemo),
    database: Object.assign(database, {
      close: async () => {
        await close();
        await own?.stop();
      },
    }),
    db: asDb(database.db),
    schema: postgresSchema,
    place: "database",
    turnAround: (listId) =>
      postgresLine(`UPDATE todo_demo.tasks SET done = NOT done WHERE list_id = ${listId}`, url),
  };
}

/** What the demo asks of Drizzle is the same on both databases, as its schema is. */
function asDb(db: PostgresDb): Db {
  return db as unknown as Db;
}
