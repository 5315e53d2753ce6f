import { integer, sqliteTable } from "drizzle-orm/sqlite-core";
import { sqlite } from "../database/sqlite/sqlite.ts";
import { defineApi } from "../define-api.ts";
import { serve } from "../node.ts";
import { resource } from "../resource.ts";

const things = sqliteTable("things", { id: integer().primaryKey() });
const database = sqlite(process.argv[2] ?? ":memory:");
await database.db.run("create table if not exists things (id integer primary key)");
const server = await serve(defineApi({ things: resource(things) }), {
  database,
  port: 0,
  log: { level: "info" },
});
process.send?.(server.url);
