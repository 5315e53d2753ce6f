import { sql } from "drizzle-orm";
import type { ReferenceClient } from "../../testing/reference-client.ts";
import type { Api } from "../api.ts";
import { defineApi } from "../define-api.ts";
import { opaque } from "../opaque.ts";
import { lists, schema, tasks } from "../relations.fixture.ts";
import { resource } from "../resource.ts";
import type { Fixture } from "./live.fixture.ts";

/** The tables of the relations fixture. */
export const relatedTables: readonly string[] = [
  "create table lists (id integer primary key, name text not null, owner_id integer not null)",
  `create table members (
    list_id integer not null references lists (id) on delete cascade on update cascade, user_id integer not null, role text not null, since integer,
    primary key (list_id, user_id)
  )`,
  `create table tasks (
    id integer primary key autoincrement, text text not null, list_id integer references lists (id) on delete cascade on update cascade,
    parent_id integer references tasks (id) on delete set null on update cascade check (parent_id <> id)
  )`,
];
/** Resources whose scopes only the database can judge. */
export const relatedApi: Api = defineApi({
  /** Of lists that the caller owns. */
  owned: resource(tasks, {
    schema,
    scope: ({ user }) => ({ list: { ownerId: Number(user?.id) } }),
    fields: ["text"],
    filters: ["text"],
  }),
  /** Of lists that the caller is a member of. */
  shared: resource(tasks, {
    schema,
    scope: ({ user }) => ({ list: { members: { some: { userId: Number(user?.id) } } } }),
    fields: ["text"],
    filters: ["text"],
  }),
  /** In no list that has a reader. */
  unread: resource(tasks, {
    schema,
    scope: () => ({ list: { members: { none: { role: "reader" as const } } } }),
    fields: ["text"],
    filters: ["text"],
  }),
  /** Subtasks of tasks in lists with a member. */
  nested: resource(tasks, {
    schema,
    scope: ({ user }) => ({ parent: { list: { members: { some: { userId: Number(user?.id) } } } } }),
    fields: ["text"],
    filters: ["text"],
  }),
  /** Tasks that have a subtask of this text. */
  parents: resource(tasks, {
    schema,
    scope: () => ({ children: { some: { text: "child" } } }),
    fields: ["text"],
    filters: ["text"],
  }),
  longest: resource(tasks, {
    schema,
    scope: () => ({
      sql: opaque(sql`length(${tasks.text}) = (select max(length(t.text)) from ${tasks} t)`, {
        tables: [tasks],
      }),
    }),
    fields: ["text"],
    filters: ["text"],
  }),
  everything: resource(tasks, { fields: ["text"], filters: ["text"] }),
  lists: resource(lists, {
    schema,
    scope: ({ user }) => ({
      OR: [{ ownerId: Number(user?.id) }, { members: { some: { userId: Number(user?.id) } } }],
    }),
    fields: ["name"],
  }),
});

/** Resolves when the client has been told all that happened. */
export async function caughtUp({ database }: Fixture, client: ReferenceClient): Promise<void> {
  do await client.ping();
  while (client.cursor !== database.feed.cursor);
}
