import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, onTestFinished, test, vi } from "vitest";
import { sqlite } from "../server/database/sqlite/sqlite.ts";
import { defineApi } from "../server/define-api.ts";
import { type RunningServer, serve } from "../server/node.ts";
import { resource } from "../server/resource.ts";
import { createClient } from "./create-client.ts";

/* The client as users run it: Node's own WebSocket and fetch, a real port, a file. */

const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull().default(false),
});
const api = defineApi({ tasks: resource(tasks, { filters: ["done"], orderBy: ["id", "text"] }) });

async function start(path: string, port = 0): Promise<RunningServer> {
  const database = sqlite(path);
  await database.db.run(
    sql`create table if not exists tasks (id integer primary key, text text not null, done integer not null default 0)`,
  );
  const server = await serve(api, { database, port, log: { level: "silent" }, signals: false });
  onTestFinished(() => server.close());
  return server;
}

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "liveset-client-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "tasks.db");
}

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 10, timeout: 10_000 });

test("over a real port lists are live, operations work on both transports, and a restart loses nothing", async () => {
  const file = await newFile();
  const first = await start(file);
  const { port } = first;
  const client = createClient<typeof api>(`${first.url}/ws/`, {
    httpFallback: true,
    backoff: { min: 20, max: 50 },
  });
  onTestFinished(() => client.close());

  // Nothing is open yet, so this goes over HTTP.
  const milk = await client.tasks.create({ text: "milk" });
  const list = client.tasks.live({ where: { done: false }, orderBy: { text: "asc" } });
  const { data } = await list.whenReady();
  expect(data).toEqual([milk]);

  const bread = await client.tasks.create({ text: "bread" });
  expect(list.getSnapshot().data).toEqual([bread, milk]);
  await expect(client.tasks.retrieve(99)).rejects.toMatchObject({ code: "not_found" });

  await first.close();
  await soon(() => expect(list.getSnapshot()).toMatchObject({ connection: "offline", data: [bread, milk] }));
  expect(client.status.getSnapshot().error).not.toBeNull();
  await expect(client.tasks.retrieve(99)).rejects.toMatchObject({ code: "disconnected" });

  const second = await start(file, port);
  await second.db.run(sql`delete from tasks where text = 'bread'`);
  await soon(() => expect(list.getSnapshot()).toMatchObject({ connection: "live", data: [milk] }));
  expect(list.getSnapshot().data[0]).toBe(data[0]);
});
