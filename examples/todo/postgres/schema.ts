import { relations, sql } from "drizzle-orm";
import { boolean, integer, pgSchema, text, timestamp, varchar } from "drizzle-orm/pg-core";
import type * as sqliteSchema from "../schema.ts";

const demo = pgSchema("todo_demo");
const id = () => integer().primaryKey().generatedByDefaultAsIdentity();

const users = demo.table("users", { id: text().primaryKey(), name: text().notNull() });
const lists = demo.table("lists", { id: id(), name: varchar({ length: 64 }).notNull(), ownerId: text() });
const tasks = demo.table("tasks", {
  id: id(),
  text: varchar({ length: 140 }).notNull(),
  done: boolean().notNull().default(false),
  listId: integer().notNull(),
  ownerId: text(),
});
const patients = demo.table("patients", {
  id: id(),
  firstName: varchar({ length: 64 }).notNull(),
  lastName: varchar({ length: 64 }).notNull(),
  birthDate: varchar({ length: 10 }).notNull(),
  ward: varchar({ length: 64 }).notNull(),
  status: text({ enum: ["waiting", "admitted", "in treatment", "observation", "discharged"] }).notNull(),
  notes: varchar({ length: 1000 }).notNull().default(""),
});

const node = () => ({
  id: text().primaryKey().default(sql`gen_random_uuid()::text`),
  name: varchar({ length: 80 }).notNull(),
  ownerId: text(),
  created: timestamp({ withTimezone: true, precision: 3 }).notNull().defaultNow(),
});
const inDepartment = () => ({ ...node(), departmentId: text().notNull() });

const locations = demo.table("locations", node());
const departments = demo.table("departments", { ...node(), locationId: text().notNull() });
const docs = demo.table("docs", inDepartment());
const folders = demo.table("folders", inDepartment());
const departmentLists = demo.table("department_lists", inDepartment());
const sprintFolders = demo.table("sprint_folders", inDepartment());

const locationRelations = relations(locations, ({ many }) => ({ departments: many(departments) }));
const departmentRelations = relations(departments, ({ one, many }) => ({
  location: one(locations, { fields: [departments.locationId], references: [locations.id] }),
  docs: many(docs),
  folders: many(folders),
  departmentLists: many(departmentLists),
  sprintFolders: many(sprintFolders),
}));
const docRelations = relations(docs, ({ one }) => ({
  department: one(departments, { fields: [docs.departmentId], references: [departments.id] }),
}));
const folderRelations = relations(folders, ({ one }) => ({
  department: one(departments, { fields: [folders.departmentId], references: [departments.id] }),
}));
const departmentListRelations = relations(departmentLists, ({ one }) => ({
  department: one(departments, { fields: [departmentLists.departmentId], references: [departments.id] }),
}));
const sprintFolderRelations = relations(sprintFolders, ({ one }) => ({
  department: one(departments, { fields: [sprintFolders.departmentId], references: [departments.id] }),
}));

const tables = {
  users,
  lists,
  tasks,
  patients,
  locations,
  departments,
  docs,
  folders,
  departmentLists,
  sprintFolders,
};

/** The rows of tables, by their names. */
type Rows<S> = {
  [K in keyof S as S[K] extends { readonly $inferSelect: unknown } ? K : never]: S[K] extends {
    readonly $inferSelect: infer R;
  }
    ? R
    : never;
};

/** Both databases have the same rows, to the type: else this does not compile. */
const alike = <A, B>(_ab: [A] extends [B] ? true : false, _ba: [B] extends [A] ? true : false): void => {};
alike<Rows<typeof tables>, Rows<typeof sqliteSchema>>(true, true);

/** The demo's schema on PostgreSQL, in the place of that on SQLite: resources are declared over either. */
export const postgresSchema = {
  ...tables,
  locationRelations,
  departmentRelations,
  docRelations,
  folderRelations,
  departmentListRelations,
  sprintFolderRelations,
} as unknown as typeof sqliteSchema;

/** The tables themselves, each after those that it refers to. */
export const postgresTables = tables;
