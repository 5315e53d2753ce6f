import { eq } from "drizzle-orm";
import { type Context, LivesetError, type NoticesOptions, resource } from "liveset";
import type * as schema from "./schema.ts";

/** The tables and relations of the departments, on either database. */
export type DepartmentSchema = typeof schema;

/** Everybody's rows, and the caller's own ones. */
const visible = ({ user }: Pick<Context, "user">) => ({
  OR: [{ ownerId: null }, ...(user === null ? [] : [{ ownerId: String(user.id) }])],
});

/** The owner that a row gets by where it is put. A parent that the caller may not see does not exist for him. */
function ownerOf(
  parent: { readonly ownerId: string | null } | undefined,
  column: string,
  { user }: Context,
): string | null {
  if (parent !== undefined && (parent.ownerId === null || parent.ownerId === String(user?.id)))
    return parent.ownerId;
  const message = "There is no such row to put it into.";
  throw new LivesetError("invalid", {
    detail: message,
    errors: [{ path: [column], code: "not_found", message }],
  });
}

const common = {
  scope: visible,
  filters: ["id", "name"],
  search: ["name"],
  orderBy: ["id", "name", "created"],
  defaultOrder: { created: "asc" },
} as const;

/** What the four tables share: their columns are the same. */
function resourceInDepartment(schema: DepartmentSchema) {
  const { departments, docs } = schema;
  const ownerThroughDepartment = async (id: string, context: Context): Promise<string | null> => {
    const [department] = await context.db.select().from(departments).where(eq(departments.id, id));
    return ownerOf(department, "departmentId", context);
  };
  return {
    ...common,
    schema,
    fields: ["id", "name", "departmentId", "created"],
    filters: ["id", "name", "departmentId"],
    readOnly: ["id", "created"],
    parents: { department: true },
    hooks: {
      beforeCreate: async (context: Context, values: typeof docs.$inferInsert) => ({
        ...values,
        ownerId: await ownerThroughDepartment(values.departmentId, context),
      }),
      beforeUpdate: async (context: Context, _: unknown, values: Partial<typeof docs.$inferInsert>) =>
        values.departmentId === undefined
          ? values
          : { ...values, ownerId: await ownerThroughDepartment(values.departmentId, context) },
    },
  } as const;
}

/** The tree of SmartNgRX's demo: locations, their departments, and in these rows of four tables, shown as one list. */
export function departmentResources(schema: DepartmentSchema) {
  const { locations, departments, docs, folders, departmentLists, sprintFolders } = schema;
  const inDepartment = resourceInDepartment(schema);
  const ownerThroughLocation = async (id: string, context: Context): Promise<string | null> => {
    const [location] = await context.db.select().from(locations).where(eq(locations.id, id));
    return ownerOf(location, "locationId", context);
  };
  return {
    locations: resource(locations, {
      ...common,
      schema,
      fields: ["id", "name", "created"],
      readOnly: ["id", "created"],
      children: { departments: true },
    }),
    departments: resource(departments, {
      ...common,
      schema,
      fields: ["id", "name", "locationId", "created"],
      filters: ["id", "name", "locationId"],
      readOnly: ["id", "created"],
      parents: { location: true },
      children: {
        children: [
          { relation: "docs", prefix: "docs:" },
          { relation: "folders", prefix: "folders:" },
          { relation: "departmentLists", prefix: "lists:" },
          { relation: "sprintFolders", prefix: "sprint-folders:" },
        ],
      },
      hooks: {
        beforeCreate: async (context, values) => ({
          ...values,
          ownerId: await ownerThroughLocation(values.locationId, context),
        }),
      },
    }),
    docs: resource(docs, inDepartment),
    folders: resource(folders, inDepartment),
    departmentLists: resource(departmentLists, inDepartment),
    sprintFolders: resource(sprintFolders, inDepartment),
  };
}

/** Of these resources alone clients of notices hear, under the server's names; a new location is told as a change of the top row. */
export const departmentNotices: NoticesOptions = {
  resources: ["locations", "departments", "docs", "folders", "departmentLists", "sprintFolders"],
  roots: { locations: { table: "top", id: "1" } },
};
