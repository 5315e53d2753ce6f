import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import type { RunningServer } from "liveset/node";
import { WebSocket } from "ws";
import { startBareServer } from "./bare-server.ts";
import { type Child, sharedClock, startChild } from "./child.ts";
import type { RoundTrips } from "./dcrf-caller.ts";
import type { Measurement } from "./measurement.ts";
import type { Heard, ListenersPlan } from "./rest-live-listeners.ts";
import { serveTasks } from "./serve-tasks.ts";
import { count, latencies, median } from "./statistics.ts";
import { createTaskFile, tasks } from "./task-database.ts";

const audiences = [100, 500, 1000];
const samples = 200;

/** Clients of django-rest-live and of Django Channels REST Framework. */
export async function benchDialects(): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const sockets of audiences) {
    measurements.push(await broadcast({ sockets, lists: "same" }));
    measurements.push(await broadcast({ sockets, lists: "own" }));
  }
  return [...measurements, ...(await roundTrips())];
}

async function withServer<T>(use: (server: RunningServer) => Promise<T>): Promise<T> {
  const file = createTaskFile(2000, 1000);
  const server = await serveTasks(file.path, { heartbeat: 600_000, burst: 1e9 });
  try {
    return await use(server);
  } finally {
    await server.close();
    file.remove();
  }
}

/** From before the statement is given to Drizzle until the last whom it concerns has the broadcast. */
function broadcast(plan: Omit<ListenersPlan, "url">): Promise<Measurement> {
  return withServer(async (server) => {
    const listeners = startListeners({ ...plan, url: `ws://127.0.0.1:${server.port}/ws/subscribe/` });
    try {
      await listeners.next();
      while (server.server.stats().subscriptions < plan.sockets || server.server.stats().opening > 0)
        await pause(10);
      let text = "";
      const change = async (n: number): Promise<number> => {
        const begin = sharedClock();
        await server.db
          .update(tasks)
          .set({ text: `Changed ${n}` })
          .where(eq(tasks.id, 42));
        const heard = await listeners.next();
        if (heard === "ready") throw new Error("Ready twice.");
        text = heard.text;
        return heard.at - begin;
      };
      const values = await sample(change);
      const concerned = plan.lists === "same" ? plan.sockets : 1;
      const bare = await bareBroadcast({ ...plan, sockets: concerned, lists: "same" }, text);
      const who =
        plan.lists === "same"
          ? `${count(plan.sockets)} rest-live subscribers of a list, until the last has it`
          : `the one of ${count(plan.sockets)} rest-live subscribers whose filter matches`;
      return {
        what: `One change to ${who}`,
        value: `${latencies(values)}; ${count((concerned * 1000) / median(values))} broadcasts/s`,
        baseline: `${latencies(bare)} for a bare ws loop, same bytes`,
        ratio: median(bare) / median(values),
      };
    } finally {
      listeners.stop();
    }
  });
}

async function bareBroadcast(plan: Omit<ListenersPlan, "url">, text: string): Promise<readonly number[]> {
  const bare = await startBareServer();
  const listeners = startListeners({ ...plan, url: bare.url });
  try {
    await listeners.next();
    await pause(200);
    return await sample(async () => {
      const begin = sharedClock();
      bare.broadcast([text]);
      const heard = await listeners.next();
      return heard === "ready" ? Number.NaN : heard.at - begin;
    });
  } finally {
    listeners.stop();
    bare.close();
  }
}

async function sample(change: (n: number) => Promise<number>): Promise<readonly number[]> {
  const values: number[] = [];
  for (let n = 0; n < samples; n++) {
    const value = await change(n);
    if (n >= samples / 10) values.push(value);
  }
  return values;
}

function startListeners(plan: ListenersPlan): Child<Heard, never> {
  return startChild<Heard, never>("rest-live-listeners.ts", [JSON.stringify(plan)]);
}

/** Calls of dcrf-client in another process, one after the other. */
async function roundTrips(): Promise<readonly Measurement[]> {
  const echo = await bareRoundTrips();
  return withServer(async (server) => {
    const caller = startChild<RoundTrips, never>("dcrf-caller.ts", [`ws://127.0.0.1:${server.port}/ws/`]);
    const rates = await caller.next();
    caller.stop();
    return (["retrieve", "create", "patch"] as const).map((call) => ({
      what: `dcrf-client: ${call}, round trips one after the other`,
      value: `${count(rates[call])}/s`,
      baseline: `${count(echo)}/s for a frame and its echo`,
      ratio: rates[call] / echo,
    }));
  });
}

async function bareRoundTrips(): Promise<number> {
  const bare = await startBareServer();
  const socket = new WebSocket(bare.url);
  const next = (): Promise<void> => new Promise((resolve) => socket.once("message", () => resolve()));
  await next();
  const begin = performance.now();
  for (let n = 0; n < 2000; n++) {
    socket.send("x");
    await next();
  }
  const rate = 2_000_000 / (performance.now() - begin);
  socket.terminate();
  bare.close();
  return rate;
}
