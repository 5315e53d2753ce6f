import { relations, sql } from "drizzle-orm";
import { integer, pgSchema, pgTable, text } from "drizzle-orm/pg-core";
import { integer as sqliteInteger, sqliteTable } from "drizzle-orm/sqlite-core";
import { z } from "zod";
import { action } from "../../action.ts";
import { createServer } from "../../create-server.ts";
import { defineApi } from "../../define-api.ts";
import { observer } from "../../observer.ts";
import type { Db, PostgresDb } from "../../register.ts";
import { resource } from "../../resource.ts";
import { postgres } from "./postgres.ts";

const tasks = pgTable("tasks", { id: integer().primaryKey(), text: text().notNull(), listId: integer() });
const lists = pgSchema("other").table("lists", { id: integer().primaryKey() });
const taskRelations = relations(tasks, ({ one }) => ({
  list: one(lists, { fields: [tasks.listId], references: [lists.id] }),
}));
const notes = sqliteTable("notes", { id: sqliteInteger().primaryKey() });

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isPostgres = <D>(_db: D, same: Same<D, PostgresDb>): true => same as true;
const isSqlite = <D>(_db: D, same: Same<D, Db>): true => same as true;

const api = defineApi({
  tasks: resource(tasks, {
    scope: async ({ db }) => {
      const rows = await db.select({ id: lists.id }).from(lists);
      const first: number | undefined = rows[0]?.id;
      return isPostgres(db, true) && { listId: first ?? 0 };
    },
    check: ({ db }) => isPostgres(db, true),
    permissions: { create: ({ db }) => isPostgres(db, true), patch: ({ db }) => isPostgres(db, true) },
    hooks: {
      beforeCreate: async ({ db }, values) => {
        await db.execute(sql`SELECT 1`);
        // @ts-expect-error There is no such method on PostgreSQL.
        await db.run(sql`SELECT 1`);
        return values;
      },
      afterUpdate: async ({ db }, row) => void (await db.insert(lists).values({ id: row.id }).returning()),
    },
    actions: {
      count: action(tasks, {
        detail: false,
        input: z.object({ least: z.number() }),
        permission: ({ db }) => isPostgres(db, true),
        run: async ({ db, input }) => {
          const { rows } = await db.execute<{ n: number }>(sql`SELECT count(*)::integer AS n FROM tasks`);
          return { n: rows[0]?.n ?? input.least };
        },
      }),
    },
    observe: { subscribe_all: observer(tasks, { where: (_, { db }) => isPostgres(db, true) }) },
  }),
  lists: resource(lists, { scope: ({ db }) => isPostgres(db, true) }),
  notes: resource(notes, { scope: ({ db }) => isSqlite(db, true) }),
});

const database = postgres("postgres://localhost/app");
isPostgres(database.db, true);
export const server = createServer(api, { database });
export const written: Promise<{ readonly value: number }> = database.write(async (db) => {
  const [row] = await db.insert(tasks).values({ id: 1, text: "a" }).returning({ id: tasks.id });
  return row?.id ?? 0;
});
const withSchema = postgres("postgres://localhost/app", { schema: { tasks, lists, taskRelations } });
export const nested: Promise<{ readonly text: string; readonly list: { readonly id: number } | null }[]> =
  withSchema.db.query.tasks.findMany({ columns: { text: true }, with: { list: true } });
