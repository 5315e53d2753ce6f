import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import type { PostgresDb } from "liveset";
import { sqlite } from "liveset/sqlite";
import { sqliteDemo } from "../api.ts";
import { prepareDatabase } from "../server/prepare-database.ts";
import { postgresTables } from "./schema.ts";

type TableName = keyof typeof postgresTables;
const names = Object.keys(postgresTables) as TableName[];

/** Keys that PostgreSQL counts on from. */
const counted = ["lists", "tasks", "patients"] as const;

/** Rows that are written at once. */
const batch = 1_000;

/** Makes the demo's tables and fills them where they are not there, in one transaction. */
export async function prepareSchema(db: PostgresDb, reset: boolean): Promise<void> {
  if (reset) await db.execute(sql`DROP SCHEMA IF EXISTS todo_demo CASCADE`);
  const { rows } = await db.execute(sql`SELECT FROM pg_namespace WHERE nspname = 'todo_demo'`);
  if (rows.length > 0) return;
  const seeds = await seedRows();
  await db.transaction(async (tx) => {
    await tx.execute(sql.raw(readFileSync(new URL("tables.sql", import.meta.url), "utf8")));
    for (const [name, rows] of seeds)
      for (let at = 0; at < rows.length; at += batch)
        await tx.insert(postgresTables[name]).values(rows.slice(at, at + batch) as never[]);
    for (const name of counted)
      await tx.execute(
        sql.raw(`SELECT setval('todo_demo.${name}_id_seq', (SELECT max(id) FROM todo_demo.${name}))`),
      );
  });
}

/** The rows of a new demo on SQLite, by table: those of one on PostgreSQL are the same. */
async function seedRows(): Promise<ReadonlyMap<TableName, readonly object[]>> {
  const folder = mkdtempSync(join(tmpdir(), "todo-seeds-"));
  try {
    const file = join(folder, "todo.db");
    prepareDatabase(file);
    const database = sqlite(file);
    const rows = new Map<TableName, readonly object[]>();
    for (const name of names) rows.set(name, await database.db.select().from(sqliteDemo.schema[name]));
    await database.close();
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
