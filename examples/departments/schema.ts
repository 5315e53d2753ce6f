import { relations, sql } from "drizzle-orm";
import { type AnySQLiteColumn, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What all tables of the tree have. Rows of an owner are his alone, others are everybody's. */
const node = () => ({
  id: text().primaryKey().default(sql`(lower(hex(randomblob(8))))`),
  name: text({ length: 80 }).notNull(),
  ownerId: text(),
  /** Siblings stand in this order. */
  created: integer({ mode: "timestamp_ms" })
    .notNull()
    .default(sql`(cast(unixepoch('subsec') * 1000 as integer))`),
});

const inDepartment = () => ({
  ...node(),
  departmentId: text()
    .notNull()
    .references(() => departments.id, { onDelete: "cascade" }),
});

/** How the rows of a department are found, in their order. */
const byDepartment =
  (name: string) => (table: { departmentId: AnySQLiteColumn; created: AnySQLiteColumn }) => [
    index(`${name}_departmentId`).on(table.departmentId, table.created),
  ];

/** The top of the tree. */
export const locations = sqliteTable("locations", node());

/** Departments of a location. */
export const departments = sqliteTable(
  "departments",
  {
    ...node(),
    locationId: text()
      .notNull()
      .references(() => locations.id, { onDelete: "cascade" }),
  },
  (table) => [index("departments_locationId").on(table.locationId, table.created)],
);

/** The four kinds of things that a department has. */
export const docs = sqliteTable("docs", inDepartment(), byDepartment("docs"));
export const folders = sqliteTable("folders", inDepartment(), byDepartment("folders"));
export const departmentLists = sqliteTable(
  "department_lists",
  inDepartment(),
  byDepartment("department_lists"),
);
export const sprintFolders = sqliteTable("sprint_folders", inDepartment(), byDepartment("sprint_folders"));

export const locationRelations = relations(locations, ({ many }) => ({ departments: many(departments) }));

export const departmentRelations = relations(departments, ({ one, many }) => ({
  location: one(locations, { fields: [departments.locationId], references: [locations.id] }),
  docs: many(docs),
  folders: many(folders),
  departmentLists: many(departmentLists),
  sprintFolders: many(sprintFolders),
}));

export const docRelations = relations(docs, ({ one }) => ({
  department: one(departments, { fields: [docs.departmentId], references: [departments.id] }),
}));

export const folderRelations = relations(folders, ({ one }) => ({
  department: one(departments, { fields: [folders.departmentId], references: [departments.id] }),
}));

export const departmentListRelations = relations(departmentLists, ({ one }) => ({
  department: one(departments, { fields: [departmentLists.departmentId], references: [departments.id] }),
}));

export const sprintFolderRelations = relations(sprintFolders, ({ one }) => ({
  department: one(departments, { fields: [sprintFolders.departmentId], references: [departments.id] }),
}));
