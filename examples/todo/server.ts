import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { and, asc, desc, eq, isNull } from "drizzle-orm";
import { serve } from "liveset/node";
import { departmentNotices } from "../departments/resources.ts";
import { cookieSigner, readSecret } from "./server/cookie-signer.ts";
import type { DemoStore } from "./server/demo-store.ts";
import { type GreetingFacts, greeting } from "./server/greeting.ts";
import { otherPages, todoPage } from "./server/pages.ts";
import { checkPort, readPort } from "./server/port.ts";
import { servePages } from "./server/serve-pages.ts";
import { sessionRoutes } from "./server/session-routes.ts";
import { sqliteStore } from "./server/sqlite-store.ts";

try {
  await start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const { values } = parseArgs({
    options: { reset: { type: "boolean" }, data: { type: "string" }, postgres: { type: "boolean" } },
  });
  const port = readPort(process.env.PORT);
  await checkPort(port);
  const home = process.env.INIT_CWD ?? process.cwd();
  const data =
    values.data === undefined
      ? fileURLToPath(new URL("../../.liveset", import.meta.url))
      : resolve(home, values.data);
  mkdirSync(data, { recursive: true });
  const reset = values.reset === true;
  const store = values.postgres ? await onPostgres(reset) : sqliteStore(data, home, reset);

  const pages = await servePages(todoPage, otherPages);
  const { users } = store.schema;
  const accounts = await store.db.select().from(users).orderBy(asc(users.id));
  const sessions = sessionRoutes(accounts, cookieSigner(readSecret(resolve(data, "secret"))));
  const server = await serve(store.api, {
    database: store.database,
    port,
    log: { level: process.env.LOG_LEVEL ?? "warn" },
    authenticate: sessions.userOf,
    notices: departmentNotices,
    fallback: (request) =>
      new URL(request.url).pathname === "/session" ? sessions.respond(request) : pages(request),
  });
  const task = await taskToTry(store);
  const turnAround = store.turnAround(task.listId);
  process.stdout.write(greeting({ url: server.url, accounts, task, place: store.place, turnAround }));
}

/** Loaded only where it is asked for. */
async function onPostgres(reset: boolean): Promise<DemoStore> {
  const { postgresStore } = await import("./postgres/postgres-store.ts");
  return postgresStore(process.env.DATABASE_URL || undefined, reset);
}

/** An open task of the first shared list that has one, where everybody can see it change. */
async function taskToTry({ db, schema: { lists, tasks } }: DemoStore): Promise<GreetingFacts["task"]> {
  const [task] = await db
    .select({ id: tasks.id, text: tasks.text, listId: lists.id, listName: lists.name })
    .from(tasks)
    .innerJoin(lists, eq(lists.id, tasks.listId))
    .where(and(eq(tasks.done, false), isNull(lists.ownerId)))
    .orderBy(asc(lists.id), desc(tasks.id))
    .limit(1);
  return task ?? { id: 1, text: "a task", listId: 1, listName: "the first list" };
}
