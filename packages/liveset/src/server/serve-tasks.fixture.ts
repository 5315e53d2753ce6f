import { sql } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { action } from "./action.ts";
import { createServer, type LivesetServer } from "./create-server.ts";
import { sqlite } from "./database/sqlite/sqlite.ts";
import { defineApi } from "./define-api.ts";
import { resource } from "./resource.ts";
import type { ServerOptions } from "./server-options.ts";

export const lists = sqliteTable("lists", {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
});
export const tasks = sqliteTable("tasks", {
  id: integer().primaryKey({ autoIncrement: true }),
  text: text({ length: 40 }).notNull(),
  done: integer({ mode: "boolean" }).notNull().default(false),
  due: integer({ mode: "timestamp" }),
  listId: integer("list_id").references(() => lists.id),
  ownerId: integer("owner_id").notNull(),
});
export const notes = sqliteTable("notes", { slug: text().primaryKey(), body: text().notNull() });
export const seats = sqliteTable(
  "seats",
  { row: text().notNull(), seat: integer().notNull(), guest: text() },
  (table) => [primaryKey({ columns: [table.row, table.seat] })],
);

const create = [
  sql`create table lists (id integer primary key, name text not null unique)`,
  sql`create table tasks (id integer primary key autoincrement, text text not null, done integer not null default 0,
    due integer, list_id integer references lists(id), owner_id integer not null)`,
  sql`create table notes (slug text primary key not null, body text not null)`,
  sql`create table seats ("row" text not null, seat integer not null, guest text, primary key ("row", seat))`,
  sql`insert into lists (id, name) values (1, 'Home'), (2, 'Work')`,
  sql`insert into tasks (id, text, done, list_id, owner_id) values (1, 'Buy milk', 0, 1, 7), (2, 'Buy bread', 1, 1, 7),
    (3, 'Secret', 0, 2, 8), (4, 'Call', 0, null, 7)`,
];

/** Tasks of their owners; everything else is everybody's. The header `x-user` says who asks. */
export const api = defineApi({
  lists: resource(lists),
  tasks: resource(tasks, {
    fields: ["id", "text", "done", "due", "listId"],
    computed: { label: (row) => `${row.done ? "☑" : "☐"} ${row.text}` },
    params: { list: z.coerce.number().int().optional() },
    scope: ({ user, params }) => ({
      ownerId: Number(user?.id ?? 0),
      ...(params.list === undefined ? {} : { listId: params.list }),
    }),
    filters: { text: ["exact", "icontains"], done: true, listId: true, id: true },
    search: ["text"],
    orderBy: ["id", "text", "done"],
    permissions: { create: ({ user }) => user !== null, delete: (_, row) => !row.done },
    hooks: {
      beforeCreate: ({ user }, values) => ({ ...values, ownerId: Number(user?.id) }),
    },
    actions: {
      complete: action(tasks, {
        run: async ({ db, row }) => {
          await db.update(tasks).set({ done: true }).where(sql`id = ${row.id}`);
          return { completed: row.id, at: new Date(0) };
        },
      }),
      clear: action(tasks, {
        detail: false,
        input: z.object({ done: z.boolean() }),
        permission: ({ user }) => user !== null,
        run: async ({ db, input }) => {
          await db.delete(tasks).where(sql`done = ${input.done ? 1 : 0}`);
        },
      }),
    },
    pageSize: 2,
    maxPageSize: 3,
  }),
  notes: resource(notes, { filters: ["body"] }),
  seats: resource(seats),
});

/** A server of this API over a fresh database, closed after the test. */
export async function serveTasks(options: Partial<ServerOptions> = {}): Promise<LivesetServer> {
  const database = sqlite(":memory:");
  for (const statement of create) await database.db.run(statement);
  const server = createServer(api, {
    database,
    authenticate: (request) => {
      const id = request.headers.get("x-user");
      return id === null ? null : { id: Number(id) };
    },
    ...options,
  });
  onTestFinished(() => server.close());
  await server.open();
  return server;
}

/** What a test gives a request. The user is 7 unless it says otherwise; null for nobody. */
export interface Ask {
  readonly user?: number | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, its answer with the body read. */
export async function ask(
  server: LivesetServer,
  method: string,
  path: string,
  { user = 7, body, headers = {} }: Ask = {},
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await server.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: {
        ...(user === null ? {} : { "x-user": String(user) }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}
