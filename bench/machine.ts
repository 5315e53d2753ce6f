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

/** How many sockets a process may hold: as many as it may open files, less what it needs otherwise. */
export function mostSockets(): number {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } };
  const files = Number(report.userLimits?.open_files?.soft);
  return Number.isFinite(files) ? files - 200 : Number.POSITIVE_INFINITY;
}
