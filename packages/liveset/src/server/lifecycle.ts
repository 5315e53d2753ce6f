import { LivesetError } from "../core/error/liveset-error.ts";
import type { Runtime } from "./runtime.ts";
import type { TableInfo } from "./table/table-info.ts";

/** From opened to closed, each once. */
export interface Lifecycle<T> {
  /** Opens the database and starts what needs it open. A failure is thrown, and tried again by the next call. */
  open(): Promise<T>;
  /** What was started, undefined while it is not. */
  started(): T | undefined;
  /** Runs work that `close` waits for. @throws LivesetError `going_away` after `close`. */
  during<R>(work: (started: T) => Promise<R>): Promise<R>;
  close(): Promise<void>;
}

/** The life of a server: its database, and what it shares with other nodes, is opened at need, and closed when the work under way has ended. */
export function createLifecycle<T extends { close(): void }>(
  { database, cluster, resources, log, clock }: Runtime,
  start: () => T,
): Lifecycle<T> {
  const broker = cluster === "slots" ? null : cluster;
  const underWay = new Set<Promise<unknown>>();
  let running: T | undefined;
  let joined = false;
  let opened: Promise<T> | undefined;
  let closed: Promise<void> | undefined;
  const begin = async (): Promise<T> => {
    // Tried again, it is not opened twice.
    if (!joined) await broker?.open({ log, clock });
    joined = true;
    await database.open({ tables: tablesOf(resources), log, cluster });
    running = start();
    return running;
  };
  const open = (): Promise<T> => {
    if (closed !== undefined) return Promise.reject(new LivesetError("going_away"));
    opened ??= begin().catch((fault) => {
      opened = undefined;
      throw fault;
    });
    return opened;
  };
  const end = async (): Promise<void> => {
    await opened?.catch(() => {});
    running?.close();
    await Promise.allSettled(underWay);
    await database.close();
    await broker?.close();
  };
  return {
    open,
    started: () => running,
    during(work) {
      const run = open().then(work);
      underWay.add(run);
      const done = (): void => void underWay.delete(run);
      run.then(done, done);
      return run;
    },
    close: () => {
      closed ??= end();
      return closed;
    },
  };
}

/** Everything that an answer may depend on, each table once. */
function tablesOf(resources: Runtime["resources"]): readonly TableInfo[] {
  const all = [...resources.values()].flatMap(({ tables }) => tables);
  return [...new Map(all.map((info) => [info.table, info])).values()];
}
