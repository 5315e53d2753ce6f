import { relations } from "drizzle-orm";
import { boolean, integer, pgSchema, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { expect, onTestFinished, test } from "vitest";
import { type LeftBehind, ReferenceClient } from "../../../testing/reference-client.ts";
import { socketPair } from "../../../testing/socket-pair.ts";
import { createServer, type LivesetServer } from "../../create-server.ts";
import { defineApi } from "../../define-api.ts";
import { resource } from "../../resource.ts";
import { makeDatabase, type TestDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";

const app = pgSchema("App");
const lists = pgTable("lists", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull(),
});
const members = pgTable("members", { listId: integer().notNull(), userId: integer().notNull() }, (self) => [
  primaryKey({ columns: [self.listId, self.userId] }),
]);
const tasks = app.table("Tasks", {
  id: uuid().primaryKey().defaultRandom(),
  text: text().notNull(),
  done: boolean().notNull().default(false),
  dueAt: timestamp({ withTimezone: true }),
  listId: integer().notNull(),
});
const schema = {
  lists,
  members,
  tasks,
  listRelations: relations(lists, ({ many }) => ({ members: many(members), tasks: many(tasks) })),
  memberRelations: relations(members, ({ one }) => ({
    list: one(lists, { fields: [members.listId], references: [lists.id] }),
  })),
  taskRelations: relations(tasks, ({ one }) => ({
    list: one(lists, { fields: [tasks.listId], references: [lists.id] }),
  })),
};

const ddl = `
  create table lists (id integer primary key generated always as identity, name text not null);
  create table members ("listId" integer not null references lists on delete cascade, "userId" integer not null,
    primary key ("listId", "userId"));
  create schema "App";
  create table "App"."Tasks" (id uuid primary key default gen_random_uuid(), text text not null, done boolean not null
    default false, "dueAt" timestamptz, "listId" integer not null references lists on delete cascade);
  insert into lists (name) values ('Home'), ('Work');
  insert into members values (1, 7), (2, 8);`;

const api = defineApi({
  lists: resource(lists, {
    schema,
    scope: ({ user }) => ({ members: { some: { userId: Number(user?.id) } } }),
  }),
  tasks: resource(tasks, {
    schema,
    scope: ({ user }) => ({ list: { members: { some: { userId: Number(user?.id) } } } }),
    filters: ["text", "done", "listId", "dueAt"],
    orderBy: ["text", "dueAt"],
  }),
});

interface Running {
  readonly server: LivesetServer;
  connect(user: number, left?: ReadonlyMap<string, LeftBehind>): Promise<ReferenceClient>;
  ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  end(): Promise<void>;
}

async function start({ url }: TestDatabase): Promise<Running> {
  const server = createServer(api, {
    database: postgres(url, { capture: "triggers" }),
    authenticate: (request) => ({
      id: Number(new URL(request.url).searchParams.get("user") ?? request.headers.get("x-user")),
    }),
  });
  const clients: ReferenceClient[] = [];
  await server.open();
  return {
    server,
    async connect(user, left) {
      const pair = socketPair();
      const client = new ReferenceClient(pair.client, left);
      clients.push(client);
      server.accept(pair.server, new Request(`http://test/ws/?user=${user}`));
      await client.until(() => client.frames.length > 0);
      return client;
    },
    async ask(method, path, body) {
      const init = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = { "x-user": "7", "content-type": "application/json" };
      const response = await server.fetch(new Request(`http://test${path}`, { method, headers, ...init }));
      const answer = await response.text();
      return { status: response.status, body: answer === "" ? {} : JSON.parse(answer) };
    },
    async end() {
      await server.close();
      expect(clients.flatMap(({ faults }) => faults)).toEqual([]);
    },
  };
}

async function startOn(): Promise<{ readonly database: TestDatabase; readonly running: Running }> {
  const database = await makeDatabase(ddl);
  onTestFinished(() => database.remove());
  const running = await start(database);
  return { database, running };
}

const texts = (client: ReferenceClient, id: string): unknown[] => client.rows(id).map((row) => row.text);

test("REST writes and reads the kinds of PostgreSQL, and a row out of the scope is not there", async () => {
  const { running, database } = await startOn();
  const created = await running.ask("POST", "/api/tasks/", {
    text: "Milk",
    dueAt: "2026-01-31T12:00:00.000Z",
    listId: 1,
  });
  expect(created).toMatchObject({
    status: 201,
    body: { text: "Milk", done: false, dueAt: "2026-01-31T12:00:00.000Z" },
  });
  const path = `/api/tasks/${created.body.id}/`;
  expect(await running.ask("PATCH", path, { done: true })).toMatchObject({
    status: 200,
    body: { done: true },
  });
  expect(await running.ask("GET", "/api/tasks/?done=true&text__icontains=MIL")).toMatchObject({
    body: { count: 1 },
  });
  expect(await running.ask("POST", "/api/tasks/", { text: "x", listId: 2 })).toMatchObject({ status: 403 });
  await database.client.query(`update "App"."Tasks" set "listId" = 2`);
  expect(await running.ask("GET", path)).toMatchObject({ status: 404 });
  await running.end();
});

test("P1 P5: lists follow writes of others, memberships and cascades", async () => {
  const { running, database } = await startOn();
  const [seven, eight] = [await running.connect(7), await running.connect(8)];
  for (const client of [seven, eight]) {
    client.subscribe("t", { resource: "tasks", action: "list", query: { orderBy: { text: "asc" } } });
    await client.until(() => client.frames.some(({ type }) => type === "subscribed"));
  }
  await database.client.query(
    `insert into "App"."Tasks" (text, "listId") values ('b', 1), ('Ä', 1), ('secret', 2)`,
  );
  await seven.until(() => texts(seven, "t").length === 2);
  expect(texts(seven, "t")).toEqual(["b", "Ä"]);
  await eight.until(() => texts(eight, "t").length === 1);
  await database.client.query(`insert into members values (2, 7)`);
  await seven.until(() => texts(seven, "t").length === 3);
  await database.client.query(`begin; delete from members where "listId" = 2 and "userId" = 7; rollback`);
  await database.client.query(`delete from members where "listId" = 2 and "userId" = 7`);
  await seven.until(() => texts(seven, "t").length === 2);
  await database.client.query("delete from lists where id = 1");
  await seven.until(() => texts(seven, "t").length === 0);
  expect(texts(eight, "t")).toEqual(["secret"]);
  expect(JSON.stringify(eight.frames)).not.toContain("Ä");
  await running.end();
});

test("P1: a window slides, its total follows", async () => {
  const { running, database } = await startOn();
  await database.client.query(
    `insert into "App"."Tasks" (text, "listId") select 't' || lpad(n::text, 2, '0'), 1 from generate_series(1, 40) n`,
  );
  const client = await running.connect(7);
  client.subscribe("w", {
    resource: "tasks",
    action: "list",
    query: { orderBy: { text: "asc" }, limit: 3, total: true },
  });
  await client.until(() => texts(client, "w").length === 3);
  await database.client.query(`delete from "App"."Tasks" where text in ('t01', 't02')`);
  await client.until(() => texts(client, "w")[0] === "t03");
  expect(texts(client, "w")).toEqual(["t03", "t04", "t05"]);
  expect(client.frames.findLast((frame) => frame.type === "changes")).toMatchObject({ total: 38 });
  await running.end();
});

test("P4: a client resumes with exactly what it missed, after a restart of the server too", async () => {
  const { running, database } = await startOn();
  const query = { where: { done: false }, orderBy: { text: "asc" as const } };
  const client = await running.connect(7);
  client.subscribe("l", { resource: "lists", action: "list" });
  client.subscribe("t", { resource: "tasks", action: "list", query });
  await client.until(() => client.frames.filter(({ type }) => type === "subscribed").length === 2);
  await running.ask("POST", "/api/tasks/", { text: "before", listId: 1 });
  await client.until(() => texts(client, "t").length === 1);
  const left = client.leaveBehind();
  await running.end();
  // Nobody is there, and the triggers write all the same.
  const again = await start(database);
  await again.ask("POST", "/api/tasks/", { text: "after", listId: 1 });
  const back = await again.connect(7, left);
  back.subscribe("l", { resource: "lists", action: "list" });
  back.subscribe("t", { resource: "tasks", action: "list", query });
  await back.until(() => back.lists.size === 2 && texts(back, "t").length === 2);
  // Nothing happened to the lists. Of the tasks, whose scope only the database can judge, something may have.
  const resumed = back.frames.flatMap((frame) =>
    frame.type === "subscribed" ? [[frame.id, frame.resumed]] : [],
  );
  expect(new Map(resumed as [string, boolean][])).toEqual(
    new Map([
      ["l", true],
      ["t", false],
    ]),
  );
  expect(texts(back, "t")).toEqual(["after", "before"]);
  await again.end();
});
