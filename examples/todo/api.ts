import { and, eq, sql } from "drizzle-orm";
import { action, type Context, type Db, defineApi, LivesetError, resource } from "liveset";
import { departmentResources } from "../departments/resources.ts";
import { lists, patients, tasks } from "./schema.ts";
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

/** The owner that a task gets by being in a list. A list that the caller may not see does not exist for him. */
async function ownerThrough(listId: number, { user, db }: Context): Promise<string | null> {
  const [list] = await db.select().from(lists).where(eq(lists.id, listId));
  if (list === undefined || (list.ownerId !== null && list.ownerId !== user?.id)) {
    throw refused("listId", "not_found", `There is no list ${listId}.`);
  }
  return list.ownerId;
}

/** A caller names an id only to bring a deleted task back: it must have been given out before. */
async function refuseNewId(id: number, db: Db): Promise<void> {
  const [row] = await db
    .select({ last: sql<number>`seq` })
    .from(sql`sqlite_sequence`)
    .where(sql`name = 'tasks'`);
  if (id < 1 || id > (row?.last ?? 0)) throw refused("id", "unknown", "Ids are given out by the server.");
}

function refused(column: string, code: string, message: string): LivesetError {
  return new LivesetError("invalid", { detail: message, errors: [{ path: [column], code, message }] });
}

/** What the demo offers: the lists, their tasks, and patients and departments for pages to come. */
export const api = defineApi({
  lists: resource(lists, {
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
  }),
  tasks: resource(tasks, {
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
  }),
  ...departmentResources,
  patients: resource(patients, {
    model: "clinic.Patient",
    filters: ["firstName", "lastName", "birthDate", "ward", "status"],
    search: ["firstName", "lastName", "notes"],
    orderBy: ["id", "firstName", "lastName", "birthDate", "ward", "status"],
    readOnly: ["id"],
  }),
});
