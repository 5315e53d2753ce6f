import { and, eq, sql } from "drizzle-orm";
import { action, type Context, type Db, defineApi, LivesetError, resource } from "liveset";
import { departmentResources } from "../departments/resources.ts";
import * as sqliteSchema from "./schema.ts";
import type { Account } from "./server/session-routes.ts";

declare module "liveset" {
  interface Register {
    user: Account;
  }
}

/** Shared rows, and the caller's own ones. */
const visible = ({ user }: Pick<Context, "user">) =>
  user === null ? { ownerId: null } : { OR: [{ ownerId: null }, { ownerId: user.id }] };

/** Text without white space around it. */
function filled<K extends string>(
  column: K,
  values: { readonly [name in K]?: string },
): { [name in K]?: string } {
  const text = values[column]?.trim();
  if (text === undefined) return {};
  if (text === "") throw refused(column, "required", "Write something first.");
  return { [column]: text } as { [name in K]: string };
}

function refused(column: string, code: string, message: string): LivesetError {
  return new LivesetError("invalid", { detail: message, errors: [{ path: [column], code, message }] });
}

/** The tables and relations of the demo, on either database. */
export type Schema = typeof sqliteSchema;

/** What the demo needs of its database beside Drizzle. */
export interface DemoDatabase {
  readonly schema: Schema;
  /** The largest id that a task was ever given. */
  lastTaskId(db: Db): Promise<number>;
}

function listResource({ lists, tasks }: Schema) {
  return resource(lists, {
    model: "todolist.List",
    fields: ["id", "name", "ownerId"],
    scope: visible,
    filters: ["name", "ownerId"],
    search: ["name"],
    orderBy: ["id", "name"],
    readOnly: ["id"],
    hooks: {
      beforeCreate: (_, values) => ({ ...values, ...filled("name", values) }),
      beforeUpdate: (_, __, values) => ({ ...values, ...filled("name", values) }),
    },
    actions: {
      clearDone: action(lists, {
        run: async ({ row, db }) => {
          const gone = await db
            .delete(tasks)
            .where(and(eq(tasks.listId, row.id), eq(tasks.done, true)))
            .returning({ id: tasks.id });
          return { deleted: gone.length };
        },
      }),
    },
  });
}

function taskResource({ schema: { lists, tasks }, lastTaskId }: DemoDatabase) {
  /** The owner that a task gets by being in a list. A list that the caller may not see does not exist for him. */
  const ownerThrough = async (listId: number, { user, db }: Context): Promise<string | null> => {
    const [list] = await db.select().from(lists).where(eq(lists.id, listId));
    if (list === undefined || (list.ownerId !== null && list.ownerId !== user?.id)) {
      throw refused("listId", "not_found", `There is no list ${listId}.`);
    }
    return list.ownerId;
  };
  /** A caller names an id only to bring a deleted task back: it must have been given out before. */
  const refuseNewId = async (id: number, db: Db): Promise<void> => {
    if (id < 1 || id > (await lastTaskId(db)))
      throw refused("id", "unknown", "Ids are given out by the server.");
  };
  return resource(tasks, {
    model: "todolist.Task",
    fields: ["id", "text", "done", "listId"],
    scope: visible,
    filters: ["id", "done", "text", "listId"],
    search: ["text"],
    orderBy: ["id", "text"],
    readOnly: ["ownerId"],
    hooks: {
      beforeCreate: async (context, values) => {
        if (values.id !== undefined) await refuseNewId(values.id, context.db);
        const ownerId = await ownerThrough(values.listId, context);
        return { ...values, ...filled("text", values), ownerId };
      },
      beforeUpdate: async (context, row, values) => {
        if (values.id !== undefined && values.id !== row.id) throw refused("id", "read_only", "An id stays.");
        const moved =
          values.listId === undefined ? {} : { ownerId: await ownerThrough(values.listId, context) };
        return { ...values, ...filled("text", values), ...moved };
      },
    },
    actions: {
      complete: action(tasks, {
        run: async ({ row, db }) => {
          await db.update(tasks).set({ done: true }).where(eq(tasks.id, row.id));
          return { completed: row.id };
        },
      }),
    },
  });
}

/** What the demo offers: the lists, their tasks, and patients and departments for pages to come. */
export function makeApi(demo: DemoDatabase) {
  const { schema } = demo;
  return defineApi({
    lists: listResource(schema),
    tasks: taskResource(demo),
    ...departmentResources(schema),
    patients: resource(schema.patients, {
      model: "clinic.Patient",
      filters: ["firstName", "lastName", "birthDate", "ward", "status"],
      search: ["firstName", "lastName", "notes"],
      orderBy: ["id", "firstName", "lastName", "birthDate", "ward", "status"],
      readOnly: ["id"],
    }),
  });
}

/** Of SQLite, which counts the ids of AUTOINCREMENT keys. */
export const sqliteDemo: DemoDatabase = {
  schema: sqliteSchema,
  async lastTaskId(db) {
    const [row] = await db
      .select({ last: sql<number>`seq` })
      .from(sql`sqlite_sequence`)
      .where(sql`name = 'tasks'`);
    return row?.last ?? 0;
  },
};

/** The demo's API, on whichever database: clients are typed by it. */
export const api = makeApi(sqliteDemo);
