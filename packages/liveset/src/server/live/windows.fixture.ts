import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Ask } from "../../server/live/ask.ts";
import type { Api } from "../api.ts";
import { defineApi } from "../define-api.ts";
import { opaque } from "../opaque.ts";
import { resource } from "../resource.ts";

const items = sqliteTable("items", {
  id: integer().primaryKey(),
  rank: integer(),
  name: text(),
  ownerId: integer().notNull(),
  hidden: text().notNull().default(""),
});

export const createItems = `create table items (
  id integer primary key, rank integer, name text, ownerId integer not null, hidden text not null default ''
)`;

const shown = {
  fields: ["id", "rank", "name"],
  filters: ["name"],
  orderBy: ["id", "rank", "name"],
  maxPageSize: 100,
} as const;

/** Items that only their owner sees, as memory can judge it, as only the database can, and as only a permission can. */
export const itemsApi: Api = defineApi({
  items: resource(items, { ...shown, scope: ({ user }) => ({ ownerId: Number(user?.id ?? 0) }) }),
  judged: resource(items, {
    ...shown,
    scope: ({ user }) => ({ sql: opaque(sql`${items.ownerId} = ${user?.id ?? 0}`, { tables: [items] }) }),
  }),
  permitted: resource(items, {
    ...shown,
    permissions: { retrieve: ({ user }, row) => row.ownerId === Number(user?.id ?? 0) },
  }),
});

/** A window of so many items, by rank. */
export function byRank(resource: "items" | "judged", limit: number, parts: Ask["query"] = {}): Ask {
  return { resource, action: "list", query: { orderBy: { rank: "asc" }, limit, ...parts } };
}
