import { serve } from "liveset/node";
import { postgres } from "liveset/postgres";
import { brokers } from "../packages/liveset/src/server/cluster/brokers.fixture.ts";
import { api } from "./postgres-tasks.ts";

/** What a node is started with. */
export interface NodePlan {
  readonly database: string;
  readonly capture: "wal" | "triggers";
  /** Null: it is alone; `slots`: it reads by a slot of its own. */
  readonly broker: { readonly program: string; readonly port: number } | "slots" | null;
}

/** What a node says of itself: CPU in ms since its start, bytes of its heap, and of the process. */
export interface NodeReading {
  readonly cpu: number;
  readonly heap: number;
  readonly process: number;
}

/** A node in a process of its own, started with a `NodePlan`. Says its address, then answers each message with a `NodeReading`. */
const { database, capture, broker } = JSON.parse(process.argv[2] ?? "") as NodePlan;
const cluster =
  broker === null || broker === "slots"
    ? broker
    : brokers.find(({ program }) => program === broker.program)?.connect(broker.port, {});
const server = await serve(api, {
  database: postgres(database, { capture }),
  ...(cluster && { cluster }),
  port: 0,
  host: "127.0.0.1",
  log: { level: "error" },
  limits: { heartbeat: 600_000, subscriptions: 1000, burst: 1000 },
});
process.on("message", () => {
  globalThis.gc?.();
  const { heapUsed: heap, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: (user + system) / 1000, heap, process: rss } satisfies NodeReading);
});
process.send?.(`ws://127.0.0.1:${server.port}/ws/`);
