import { eq } from "drizzle-orm";
import { serve } from "liveset/node";
import { sqlite } from "liveset/sqlite";
import { type BareServer, startBareServer } from "./bare-server.ts";
import { type Child, startChild } from "./child.ts";
import { compare } from "./compare.ts";
import type { Measurement } from "./measurement.ts";
import { count } from "./statistics.ts";
import { api, createTaskFile, tasks } from "./task-database.ts";

const subscribers = 1000;

/** What `subscribers.ts` says. */
export type Told = "ready" | { readonly at: number; readonly frames: readonly string[] };

/** One change to a thousand subscribers of one list, against a loop over as many bare sockets that sends the same bytes. */
export async function benchFanOut(): Promise<readonly Measurement[]> {
  const file = createTaskFile(1000);
  const server = await serve(api, {
    database: sqlite(file.path),
    port: 0,
    host: "127.0.0.1",
    log: { level: "silent" },
    signals: false,
    limits: { heartbeat: 600_000 },
  });
  const bare = await startBareServer();
  const ours = startChild<Told, never>("subscribers.ts", [
    `ws://127.0.0.1:${server.port}/ws/`,
    String(subscribers),
  ]);
  const theirs = startChild<Told, never>("subscribers.ts", [bare.url, String(subscribers)]);
  try {
    await ours.next();
    await theirs.next();
    return [await measure(server, bare, ours, theirs)];
  } finally {
    ours.stop();
    theirs.stop();
    bare.close();
    await server.close();
    file.remove();
  }
}

async function measure(
  server: Awaited<ReturnType<typeof serve>>,
  bare: BareServer,
  ours: Child<Told, never>,
  theirs: Child<Told, never>,
): Promise<Measurement> {
  let frames: readonly string[] = [];
  const change = async (n: number): Promise<void> => {
    await server.db
      .update(tasks)
      .set({ text: `Change ${n + 1_000_000}` })
      .where(eq(tasks.id, 1));
    const told = await ours.next();
    if (told !== "ready") frames = told.frames;
  };
  const send = async (): Promise<void> => {
    bare.broadcast(frames);
    await theirs.next();
  };
  await change(-1);
  const result = await compare(change, send, { rounds: 20, operations: 10 });
  const perSecond = (µs: number): string => `${count((subscribers / µs) * 1e6)} deliveries/s`;
  const ratio = result.theirs / result.ours;
  return {
    what: `One change to ${count(subscribers)} subscribers (write, commit, capture and match included)`,
    value: perSecond(result.ours),
    baseline: `${perSecond(result.theirs)} by a bare ws loop, same bytes`,
    ratio,
    budget: { text: "≥ 1.0 ×", kept: ratio >= 1 },
  };
}
