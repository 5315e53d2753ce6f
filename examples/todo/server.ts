import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Db } from "liveset";
import { serve } from "liveset/node";
import { sqlite } from "liveset/sqlite";
import { departmentNotices } from "../departments/resources.ts";
import { api } from "./api.ts";
import { lists, tasks, users } from "./schema.ts";
import { cookieSigner, readSecret } from "./server/cookie-signer.ts";
import { type GreetingFacts, greeting, hasProgram } from "./server/greeting.ts";
import { otherPages, todoPage } from "./server/pages.ts";
import { checkPort, readPort } from "./server/port.ts";
import { prepareDatabase } from "./server/prepare-database.ts";
import { servePages } from "./server/serve-pages.ts";
import { sessionRoutes } from "./server/session-routes.ts";

try {
  await start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const { values } = parseArgs({ options: { reset: { type: "boolean" }, data: { type: "string" } } });
  const port = readPort(process.env.PORT);
  await checkPort(port);
  const home = process.env.INIT_CWD ?? process.cwd();
  const data =
    values.data === undefined
      ? fileURLToPath(new URL("../../.liveset", import.meta.url))
      : resolve(home, values.data);
  const file = resolve(data, "todo.db");
  if (values.reset) for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  mkdirSync(data, { recursive: true });
  prepareDatabase(file);

  const pages = await servePages(todoPage, otherPages);
  const database = sqlite(file);
  const accounts = await database.db.select().from(users).orderBy(asc(users.id));
  const sessions = sessionRoutes(accounts, cookieSigner(readSecret(resolve(data, "secret"))));
  const server = await serve(api, {
    database,
    port,
    log: { level: process.env.LOG_LEVEL ?? "warn" },
    authenticate: sessions.userOf,
    notices: departmentNotices,
    fallback: (request) =>
      new URL(request.url).pathname === "/session" ? sessions.respond(request) : pages(request),
  });
  const task = await taskToTry(database.db);
  const facts = { url: server.url, file, folder: home, accounts, task, hasSqlite3: hasProgram("sqlite3") };
  process.stdout.write(greeting(facts));
}

/** An open task of the first shared list that has one, where everybody can see it change. */
async function taskToTry(db: Db): Promise<GreetingFacts["task"]> {
  const [task] = await db
    .select({ id: tasks.id, text: tasks.text, listId: lists.id, listName: lists.name })
    .from(tasks)
    .innerJoin(lists, eq(lists.id, tasks.listId))
    .where(and(eq(tasks.done, false), isNull(lists.ownerId)))
    .orderBy(asc(lists.id), desc(tasks.id))
    .limit(1);
  return task ?? { id: 1, text: "a task", listId: 1, listName: "the first list" };
}
