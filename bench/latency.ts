import { setTimeout as pause } from "node:timers/promises";
import { eq } from "drizzle-orm";
import type { RunningServer } from "liveset/node";
import { startBareServer } from "./bare-server.ts";
import { type Child, sharedClock, startChild } from "./child.ts";
import type { Measurement } from "./measurement.ts";
import { serveTasks } from "./serve-tasks.ts";
import { latencies, median, quantile } from "./statistics.ts";
import type { SubscriberPlan, Told } from "./subscriber-plan.ts";
import { createTaskFile, tasks } from "./task-database.ts";

const samples = 300;

/** Does one write and returns the moment from which on it counts. */
type Write = (n: number) => Promise<number>;

/** From a write until a client in another process has the change, on a server that has nothing else to do. */
export async function benchLatency(): Promise<readonly Measurement[]> {
  const file = createTaskFile(1000);
  const server = await serveTasks(file.path);
  const writer = startChild<number, number>("sql-writer.ts", [file.path]);
  try {
    const bare = await bareLatency();
    const own = await measure(server, drizzleWrite(server));
    const rest = await measure(server, restWrite(server));
    const other = await measure(server, async (n) => {
      writer.send(n);
      return writer.next();
    });
    const line = (what: string, values: readonly number[], budget?: Measurement["budget"]): Measurement => ({
      what: `Write → client: ${what}`,
      value: latencies(values),
      baseline: `p50 ${median(bare).toFixed(2)} ms for a bare ws frame`,
      ...(budget === undefined ? {} : { budget }),
    });
    return [
      line("through server.db", own, { text: "p50 ≤ 2 ms", kept: median(own) <= 2 }),
      line("through REST", rest),
      line("by another process", other, { text: "≤ 50 ms", kept: quantile(other, 0.99) <= 50 }),
    ];
  } finally {
    writer.stop();
    await server.close();
    file.remove();
  }
}

/** From before the statement is given to Drizzle. */
function drizzleWrite(server: RunningServer): Write {
  return async (n) => {
    const begin = sharedClock();
    await server.db
      .update(tasks)
      .set({ text: `Written here ${n}` })
      .where(eq(tasks.id, 1));
    return begin;
  };
}

/** From before the request is sent. */
function restWrite(server: RunningServer): Write {
  return async (n) => {
    const begin = sharedClock();
    const response = await fetch(`http://127.0.0.1:${server.port}/api/tasks/1/`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: `Written by REST ${n}` }),
    });
    if (response.status !== 200) throw new Error(await response.text());
    await response.text();
    return begin;
  };
}

async function measure(server: RunningServer, write: Write): Promise<number[]> {
  const client = startSubscriber(`ws://127.0.0.1:${server.port}/ws/`, 2);
  await client.next();
  const values: number[] = [];
  for (let n = 0; n < samples; n++) {
    const begin = await write(n);
    const told = await client.next();
    if (told !== "ready" && n >= samples / 10) values.push(told.at - begin);
    await pause(1 + (n % 7)); // Not in step with the server's look at the file.
  }
  client.stop();
  return values;
}

function startSubscriber(url: string, frames: number): Child<Told, never> {
  const plan: SubscriberPlan = { url, sockets: 1, subscriptions: 1, frames, lists: "shared" };
  return startChild<Told, never>("subscribers.ts", [JSON.stringify(plan)]);
}

/** How long one frame takes between two processes here, with nothing done about it. */
async function bareLatency(): Promise<number[]> {
  const bare = await startBareServer();
  const client = startSubscriber(bare.url, 1);
  await client.next();
  const values: number[] = [];
  for (let n = 0; n < samples; n++) {
    const begin = sharedClock();
    bare.broadcast(['{"type":"commit"}']);
    const told = await client.next();
    if (told !== "ready" && n >= samples / 10) values.push(told.at - begin);
    await pause(1 + (n % 7));
  }
  client.stop();
  bare.close();
  return values;
}
