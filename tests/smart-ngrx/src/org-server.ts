import { relations, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { defineApi, type NoticesOptions, resource } from "liveset";
import { type RunningServer, serve } from "liveset/node";
import { sqlite } from "liveset/sqlite";

const orgs = sqliteTable("orgs", { id: text().primaryKey(), name: text().notNull() });
const child = () => ({
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  orgId: text("org_id").notNull(),
});
const users = sqliteTable("users", child());
const docs = sqliteTable("docs", child());
const folders = sqliteTable("folders", child());
const schema = {
  orgs,
  users,
  docs,
  folders,
  ofOrgs: relations(orgs, ({ many }) => ({ users: many(users), docs: many(docs), folders: many(folders) })),
  ofUsers: relations(users, ({ one }) => ({
    org: one(orgs, { fields: [users.orgId], references: [orgs.id] }),
  })),
  ofDocs: relations(docs, ({ one }) => ({ org: one(orgs, { fields: [docs.orgId], references: [orgs.id] }) })),
  ofFolders: relations(folders, ({ one }) => ({
    org: one(orgs, { fields: [folders.orgId], references: [orgs.id] }),
  })),
};

const parents = { org: true } as const;
const api = defineApi({
  orgs: resource(orgs, {
    schema,
    children: {
      users: true,
      children: [
        { relation: "docs", prefix: "docs:" },
        { relation: "folders", prefix: "folders:" },
      ],
    },
  }),
  users: resource(users, { schema, parents }),
  docs: resource(docs, { schema, parents }),
  folders: resource(folders, { schema, parents }),
});

const names = (prefix: string, count: number, orgId: string): string =>
  Array.from({ length: count }, (_, i) => `('${prefix} ${i + 1}', '${orgId}')`).join(", ");
const begin = [
  "create table orgs (id text primary key not null, name text not null)",
  ...["users", "docs", "folders"].map(
    (table) =>
      `create table ${table} (id integer primary key autoincrement, name text not null, org_id text not null)`,
  ),
  "insert into orgs values ('o1', 'Org 1'), ('o2', 'Org 2')",
  `insert into users (name, org_id) values ${names("User", 3, "o1")}, ('User 4', 'o2')`,
  `insert into docs (name, org_id) values ${names("Doc", 8, "o1")}`,
  `insert into folders (name, org_id) values ${names("Folder", 2, "o1")}`,
];

/** A server of organisations, their users, and their documents and folders, which clients see as one list. */
export interface OrgServer {
  readonly url: string;
  /** Runs SQL as anybody might. */
  run(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** @param files what else it serves, by path: type and text */
export async function startOrgServer(
  notices: NoticesOptions,
  files: ReadonlyMap<string, readonly [string, string]> = new Map(),
): Promise<OrgServer> {
  const database = sqlite(":memory:");
  for (const statement of begin) await database.db.run(sql.raw(statement));
  const { url, db, close }: RunningServer = await serve(api, {
    database,
    port: 0,
    signals: false,
    log: { level: "silent" },
    notices,
    fallback: (request) => {
      const [type, body] = files.get(new URL(request.url).pathname) ?? [];
      return type === undefined
        ? new Response(null, { status: 404 })
        : new Response(body ?? "", { headers: { "content-type": type } });
    },
  });
  return {
    url,
    run: async (statement) => {
      await db.run(sql.raw(statement));
    },
    close,
  };
}
