import { relations } from "drizzle-orm";
import { integer, pgSchema, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { expect, onTestFinished, test } from "vitest";
import { ReferenceClient } from "../../../testing/reference-client.ts";
import { socketPair } from "../../../testing/socket-pair.ts";
import { createServer } from "../../create-server.ts";
import { defineApi } from "../../define-api.ts";
import type { Ask } from "../../live/ask.ts";
import { resource } from "../../resource.ts";
import { makeDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";

/* Of many lists that are alike, PostgreSQL is asked once for all. */

const app = pgSchema("App");
const lists = pgTable("lists", { id: integer().primaryKey(), name: text().notNull() });
const members = pgTable("members", { listId: integer().notNull(), userId: integer().notNull() }, (self) => [
  primaryKey({ columns: [self.listId, self.userId] }),
]);
const tasks = app.table("Tasks", {
  id: uuid().primaryKey().defaultRandom(),
  text: text().notNull(),
  listId: integer().notNull(),
  parentId: uuid(),
});
const schema = {
  lists,
  members,
  tasks,
  listRelations: relations(lists, ({ many }) => ({ members: many(members), tasks: many(tasks) })),
  memberRelations: relations(members, ({ one }) => ({
    list: one(lists, { fields: [members.listId], references: [lists.id] }),
  })),
  taskRelations: relations(tasks, ({ one, many }) => ({
    list: one(lists, { fields: [tasks.listId], references: [lists.id] }),
    parent: one(tasks, { fields: [tasks.parentId], references: [tasks.id], relationName: "family" }),
    children: many(tasks, { relationName: "family" }),
  })),
};

const users = [1, 2, 3, 4, 5, 6];
const ddl = `
  create table lists (id integer primary key, name text not null);
  create table members ("listId" integer not null, "userId" integer not null, primary key ("listId", "userId"));
  create schema "App";
  create table "App"."Tasks" (id uuid primary key default gen_random_uuid(), text text not null,
    "listId" integer not null, "parentId" uuid);
  insert into lists select n, 'list ' || n from generate_series(0, 6) n;
  insert into members select n, n from generate_series(1, 6) n;
  insert into members select 0, n from generate_series(1, 6) n;
  insert into "App"."Tasks" (text, "listId") select 't' || n, n % 7 from generate_series(1, 28) n;
  update "App"."Tasks" t set "parentId" = (select p.id from "App"."Tasks" p where p."listId" = t."listId" and p.text < t.text
    order by p.text limit 1);`;

const api = defineApi({
  lists: resource(lists, {
    schema,
    orderBy: ["name"],
    scope: ({ user }) => ({ members: { some: { userId: Number(user?.id) } } }),
    with: { tasks: true },
  }),
  tasks: resource(tasks, {
    schema,
    filters: ["text"],
    orderBy: ["text"],
    scope: ({ user }) => ({ list: { members: { some: { userId: Number(user?.id) } } } }),
    with: { parent: true, children: true },
  }),
});

const asks: Readonly<Record<string, Ask>> = {
  window: { resource: "tasks", action: "list", query: { orderBy: { text: "desc" }, limit: 3, total: true } },
  count: { resource: "tasks", action: "count", query: { where: { text: { ne: "t1" } } } },
  nested: {
    resource: "lists",
    action: "list",
    query: {
      with: {
        tasks: { orderBy: { text: "asc" }, limit: 2, with: { parent: true, children: { fields: ["text"] } } },
      },
    },
  },
  whole: {
    resource: "lists",
    action: "list",
    query: { orderBy: { name: "asc" }, limit: 2, with: { tasks: true } },
  },
};

test("P1: windows with a total, counts and nested rows of many users are what REST answers, by few queries", async () => {
  const database = await makeDatabase(ddl);
  onTestFinished(() => database.remove());
  const queries: string[] = [];
  const log: string[] = [];
  const server = createServer(api, {
    database: postgres(database.url, {
      capture: "triggers",
      logger: { logQuery: (query) => void queries.push(query) },
    }),
    limits: { burst: 1e9 },
    log: {
      debug: () => {},
      info: () => {},
      warn: (_, message) => log.push(message ?? ""),
      error: (fields) => log.push(JSON.stringify(fields)),
    },
    authenticate: (request) => ({
      id: Number(new URL(request.url).searchParams.get("user") ?? request.headers.get("x-user")),
    }),
  });
  await server.open();
  const clients: ReferenceClient[] = [];
  for (const user of users) {
    const pair = socketPair();
    const client = new ReferenceClient(pair.client);
    clients.push(client);
    server.accept(pair.server, new Request(`http://test/ws/?user=${user}`));
    await client.until(() => client.frames.length > 0);
    for (const [id, ask] of Object.entries(asks)) await client.open(id, ask);
  }
  const statements = [
    `insert into "App"."Tasks" (text, "listId") values ('t00', 0), ('t99', 0)`,
    `update "App"."Tasks" set text = 'u' || text where "listId" in (0, 2)`,
    'delete from members where "listId" = 0 and "userId" in (2, 3)',
    "insert into members values (5, 1), (5, 2)",
    `delete from "App"."Tasks" where text like '%9'`,
  ];
  for (const statement of statements) {
    queries.length = 0;
    await database.client.query(statement);
    for (const [index, client] of clients.entries()) {
      const user = users[index] ?? 0;
      const get = async (path: string): Promise<{ count: number; results: readonly object[] }> => {
        const response = await server.fetch(
          new Request(`http://test/api/${path}`, { headers: { "x-user": `${user}` } }),
        );
        return (await response.json()) as { count: number; results: readonly object[] };
      };
      const nested = await get(`lists/?with=${encodeURIComponent(JSON.stringify(asks.nested?.query?.with))}`);
      const whole = await get("lists/?ordering=name&limit=2&with=tasks");
      const window = await get("tasks/?ordering=-text&limit=3");
      const count = await get("tasks/?text__ne=t1");
      const facts = (id: string): unknown => client.lists.get(id)?.facts.total;
      await client.until(
        () =>
          facts("window") === window.count &&
          facts("count") === count.count &&
          equal(client.rows("nested"), nested.results) &&
          equal(client.rows("whole"), whole.results) &&
          equal(client.rows("window"), window.results),
      );
    }
  }
  const together = queries.filter((query) => query.includes("liveset:bindings"));
  for (const part of ["lateral", "count(*)", 'cross join "App"."Tasks"']) {
    expect(together.some((query) => query.includes(part))).toBe(true);
  }
  // None of them had to be read by itself.
  expect(log).toEqual([]);
  await server.close();
  expect(clients.flatMap(({ faults }) => faults)).toEqual([]);
});

function equal(a: readonly object[], b: readonly object[]): boolean {
  const text = (rows: readonly object[]): string =>
    JSON.stringify(rows.map((row) => JSON.stringify(row)).sort());
  return text(a) === text(b);
}
