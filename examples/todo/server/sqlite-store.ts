import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { sqlite } from "liveset/sqlite";
import { makeApi, sqliteDemo } from "../api.ts";
import type { DemoStore } from "./demo-store.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { sqliteLine } from "./shell-line.ts";

/**
 * The demo in a file of a folder; filled where it is new.
 *
 * @param home where the person types
 */
export function sqliteStore(folder: string, home: string, reset: boolean): DemoStore {
  const file = resolve(folder, "todo.db");
  if (reset) for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  prepareDatabase(file);
  const database = sqlite(file);
  return {
    api: makeApi(sqliteDemo),
    database,
    db: database.db,
    schema: sqliteDemo.schema,
    place: "file",
    turnAround: (listId) =>
      sqliteLine(`UPDATE tasks SET done = NOT done WHERE listId = ${listId}`, file, home),
  };
}
