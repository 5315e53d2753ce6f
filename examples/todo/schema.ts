import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The accounts that may sign in. */
export const users = sqliteTable("users", {
  id: text().primaryKey(),
  name: text().notNull(),
});

/** To-do lists: private to their owner, or shared with everybody where they have none. */
export const lists = sqliteTable(
  "lists",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    name: text({ length: 64 }).notNull(),
    ownerId: text().references(() => users.id, { onDelete: "cascade" }),
  },
  (table) => [index("lists_ownerId").on(table.ownerId)],
);

/** Tasks of the lists. */
export const tasks = sqliteTable(
  "tasks",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    text: text({ length: 140 }).notNull(),
    done: integer({ mode: "boolean" }).notNull().default(false),
    listId: integer()
      .notNull()
      .references(() => lists.id, { onDelete: "cascade" }),
    /** The owner of the list. Kept so by triggers (see the migration `task_owner`), whoever writes. */
    ownerId: text(),
  },
  (table) => [index("tasks_listId").on(table.listId), index("tasks_ownerId").on(table.ownerId)],
);

/** Made-up records of a hospital. */
export const patients = sqliteTable(
  "patients",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    firstName: text({ length: 64 }).notNull(),
    lastName: text({ length: 64 }).notNull(),
    /** As `YYYY-MM-DD`. */
    birthDate: text({ length: 10 }).notNull(),
    ward: text({ length: 64 }).notNull(),
    status: text({ enum: ["waiting", "admitted", "in treatment", "observation", "discharged"] }).notNull(),
    notes: text({ length: 1000 }).notNull().default(""),
  },
  (table) => [index("patients_ward").on(table.ward)],
);

/** The tables of the departments, which are in the same database. */
export * from "../departments/schema.ts";
