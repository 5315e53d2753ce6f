import { boolean, integer, pgTable, text } from "drizzle-orm/pg-core";
import { defineApi, resource } from "liveset";
import pg from "pg";

/** The table of `task-database.ts`, in PostgreSQL. */
export const tasks = pgTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: boolean().notNull(),
  listId: integer("listId").notNull(),
});

export const api = defineApi({
  tasks: resource(tasks, { filters: ["done", "listId"], orderBy: ["id", "text"] }),
});

/** A database of its own on a server, and a connection to it. */
export interface TaskDatabase {
  readonly url: string;
  readonly client: pg.Client;
  remove(): Promise<void>;
}

/**
 * Makes the database, with `rows` tasks of the ids 1 to `rows` in so many lists, and a procedure that changes the text of so many tasks,
 * each in a transaction of its own.
 */
export async function createTaskDatabase(server: string, rows: number, lists: number): Promise<TaskDatabase> {
  const name = `bench_${process.pid}_${Math.floor(performance.now())}`;
  const admin = new pg.Client(server);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const client = new pg.Client(url);
  // Whatever cuts it off ends the bench anyway.
  client.on("error", () => {});
  await client.connect();
  await client.query(`
    CREATE TABLE tasks (id integer PRIMARY KEY, text text NOT NULL, done boolean NOT NULL, "listId" integer NOT NULL);
    INSERT INTO tasks SELECT id, 'Task number ' || id || ', to be done soon', false, id % ${lists} FROM generate_series(1, ${rows}) AS id;
    CREATE INDEX ON tasks ("listId");
    CREATE PROCEDURE change(count integer) LANGUAGE plpgsql AS $$
      BEGIN
        FOR n IN 1..count LOOP
          UPDATE tasks SET text = 'Changed at ' || clock_timestamp() WHERE id = 1 + (n * 7919) % ${rows};
          COMMIT;
        END LOOP;
      END $$;
    ANALYZE tasks`);
  return {
    url,
    client,
    // The database goes with its server: a node that is ending may still hold its slot.
    remove: () => client.end(),
  };
}
