import { type RunningServer, type ServeOptions, serve } from "liveset/node";
import { sqlite } from "liveset/sqlite";
import { api } from "./task-database.ts";

/** Serves a file of tasks on a free port of this machine, and says nothing. */
export function serveTasks(path: string, limits: ServeOptions["limits"] = {}): Promise<RunningServer> {
  return serve(api, {
    database: sqlite(path),
    port: 0,
    host: "127.0.0.1",
    log: { level: "silent" },
    signals: false,
    limits,
  });
}
