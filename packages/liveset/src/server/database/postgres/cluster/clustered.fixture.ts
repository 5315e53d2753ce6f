import { MemoryBroker } from "../../../../testing/memory-log.ts";
import type { ClusterLog } from "../../../cluster/cluster-log.ts";
import { systemClock } from "../../../system-clock.ts";
import type { Database } from "../../database.ts";

/** A database whose `open` joins a cluster, as a server's does, and whose `close` leaves it. */
export function clustered<D>(database: Database<D>, cluster: ClusterLog | "slots"): Database<D> {
  return new Proxy(database, {
    get(target, name) {
      if (name === "open")
        return async (options: Parameters<Database["open"]>[0]) => {
          if (cluster !== "slots") await cluster.open({ log: options.log, clock: systemClock });
          await target.open({ ...options, cluster });
        };
      if (name === "close")
        return async () => {
          await target.close();
          if (cluster !== "slots") await cluster.close();
        };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A database of one node, alone in a cluster of its own broker, or of one given. */
export function alone<D>(database: Database<D>, broker: MemoryBroker = new MemoryBroker()): Database<D> {
  return clustered(database, broker.connect());
}
