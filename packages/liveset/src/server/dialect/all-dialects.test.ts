import { relations, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { onTestFinished, test } from "vitest";
import { z } from "zod";
import { createServer } from "../create-server.ts";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import { observer } from "../observer.ts";
import { resource } from "../resource.ts";
import { expectAllExact } from "./all-dialects.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const lists = sqliteTable("lists", { id: integer().primaryKey() });
const tasks = sqliteTable("tasks", {
  id: integer().primaryKey({ autoIncrement: true }),
  text: text().notNull(),
  owner: integer().notNull(),
  listId: integer("list_id").notNull(),
});
const schema = {
  lists,
  tasks,
  taskRelations: relations(tasks, ({ one }) => ({
    list: one(lists, { fields: [tasks.listId], references: [lists.id] }),
  })),
};

test("P1: clients of all dialects on one server, over the same rows and under writes, are exact in the end", {
  timeout: 30_000 * soak,
}, async () => {
  const database = sqlite(":memory:");
  await database.db.run(sql`create table lists (id integer primary key)`);
  await database.db.run(sql`create table tasks (id integer primary key autoincrement, text text not null, owner integer not null,
    list_id integer not null)`);
  const user = { user: z.string().optional() };
  const api = defineApi({
    lists: resource(lists, { schema, params: user }),
    tasks: resource(tasks, {
      schema,
      model: "app.Task",
      params: user,
      scope: ({ user }) => ({ owner: Number(user?.id) }),
      parents: { list: true },
      observe: { subscribe_all: observer(tasks) },
    }),
  });
  const server = createServer(api, {
    database,
    authenticate: (request) => ({ id: Number(new URL(request.url).searchParams.get("user")) }),
  });
  onTestFinished(() => server.close());
  await server.open();
  await expectAllExact(
    { nodes: [server], run: async (statement) => database.db.run(sql.raw(statement)) },
    200 * soak,
  );
});
