import { monitorEventLoopDelay } from "node:perf_hooks";
import { eq } from "drizzle-orm";
import { startBareServer } from "./bare-server.ts";
import { serveTasks } from "./serve-tasks.ts";
import type { Command, Reading, ServerKind } from "./server-commands.ts";
import { startSocketIoServer } from "./socket-io-server.ts";
import { tasks } from "./task-database.ts";

/** A server in a process of its own, started with its kind and the path of a database file. Says its address, then obeys commands. */
interface Served {
  readonly url: string;
  change(times: number, every: number): Promise<void> | void;
}

const [kind = "", path = ""] = process.argv.slice(2);
let frames: readonly string[] = [];
let payloads: readonly object[] = [];
let changed = 0;

const servers: Readonly<Record<ServerKind, () => Promise<Served>>> = {
  async liveset() {
    const server = await serveTasks(path, { heartbeat: 600_000, subscriptions: 1000, burst: 1000 });
    const change = (id: number): Promise<unknown> =>
      server.db
        .update(tasks)
        .set({ text: `Changed for the ${++changed}th time` })
        .where(eq(tasks.id, id));
    return {
      url: `ws://127.0.0.1:${server.port}/ws/`,
      change: async (times, every) =>
        void (await Promise.all(Array.from({ length: times }, (_, n) => change(1 + every * n)))),
    };
  },
  async bare() {
    const server = await startBareServer();
    return {
      url: server.url,
      change: (times) => {
        for (let n = 0; n < times; n++) server.broadcast(frames);
      },
    };
  },
  async "socket.io"() {
    const server = await startSocketIoServer();
    return {
      url: server.url,
      change: (times) => {
        for (let n = 0; n < times; n++) server.broadcast(payloads);
      },
    };
  },
};

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

function read(collect: boolean): Reading {
  const block = delay.max / 1e6;
  if (collect) globalThis.gc?.();
  const { heapUsed: heap, external, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  delay.reset();
  return { heap, external, process: rss, cpu: (user + system) / 1000, block };
}

const served = await servers[kind as ServerKind]();
process.on("message", (command: Command) => {
  if (command.do === "read") process.send?.(read(command.collect));
  else if (command.do === "change") void served.change(command.times, command.every);
  else {
    frames = command.frames;
    payloads = frames.map((frame) => JSON.parse(frame)).filter(({ type }) => type === "changes");
  }
});
process.send?.(served.url);
