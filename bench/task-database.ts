import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { defineApi, resource } from "liveset";

/** The table that everything is measured on. */
export const tasks = sqliteTable("tasks", {
  id: integer().primaryKey(),
  text: text().notNull(),
  done: integer({ mode: "boolean" }).notNull(),
  listId: integer().notNull(),
});

export const api = defineApi({
  tasks: resource(tasks, { filters: ["done", "listId"], orderBy: ["id", "text"] }),
});

/** A database file with tasks, in a folder of its own. */
export interface TaskFile {
  readonly path: string;
  remove(): void;
}

/** Makes the file, with `rows` tasks of the ids 1 to `rows`. Of each list every second task is done where there are more than a hundred lists. */
export function createTaskFile(rows: number, lists: number = 100): TaskFile {
  const folder = mkdtempSync(join(tmpdir(), "liveset-bench-"));
  const path = join(folder, "tasks.db");
  const file = new DatabaseSync(path);
  file.exec("pragma journal_mode = wal");
  file.exec(`create table tasks (
    id integer primary key, text text not null, done integer not null, listId integer not null)`);
  file.exec("create index tasks_list on tasks (listId)");
  file.exec("begin");
  const insert = file.prepare("insert into tasks values (?, ?, ?, ?)");
  for (let id = 1; id <= rows; id++) {
    const done = lists > 100 ? Math.floor(id / lists) % 2 : id % 2;
    insert.run(id, `Task number ${id}, to be done soon`, done, id % lists);
  }
  file.exec("commit");
  file.close();
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}
