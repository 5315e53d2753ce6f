import { relations } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const lists = sqliteTable("lists", {
  id: integer().primaryKey(),
  name: text().notNull(),
  ownerId: integer("owner_id").notNull(),
});
export const members = sqliteTable(
  "members",
  {
    listId: integer("list_id").notNull(),
    userId: integer("user_id").notNull(),
    role: text({ enum: ["reader", "writer"] }).notNull(),
    since: integer({ mode: "timestamp_ms" }),
  },
  (table) => [primaryKey({ columns: [table.listId, table.userId] })],
);
export const tasks = sqliteTable("tasks", {
  id: integer().primaryKey({ autoIncrement: true }),
  text: text().notNull(),
  listId: integer("list_id"),
  parentId: integer("parent_id"),
});

export const listsRelations = relations(lists, ({ many }) => ({
  tasks: many(tasks),
  members: many(members),
}));
export const membersRelations = relations(members, ({ one }) => ({
  list: one(lists, { fields: [members.listId], references: [lists.id] }),
}));
export const tasksRelations = relations(tasks, ({ one, many }) => ({
  list: one(lists, { fields: [tasks.listId], references: [lists.id] }),
  parent: one(tasks, { fields: [tasks.parentId], references: [tasks.id], relationName: "family" }),
  children: many(tasks, { relationName: "family" }),
}));

/** All of the above, as a module gives it. */
export const schema = {
  lists,
  members,
  tasks,
  listsRelations,
  membersRelations,
  tasksRelations,
};
