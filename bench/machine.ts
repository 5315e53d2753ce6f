import { availableParallelism, cpus, totalmem } from "node:os";
import { DatabaseSync } from "node:sqlite";

/** What the figures were measured on. */
export function machine(): readonly string[] {
  const memory = new DatabaseSync(":memory:");
  const { version } = memory.prepare("select sqlite_version() as version").get() ?? {};
  memory.close();
  return [
    `CPU: ${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `System: ${process.platform} ${process.arch}; Node ${process.version}; SQLite ${version}`,
  ];
}
