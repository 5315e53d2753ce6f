import { eq } from "drizzle-orm";
import type { RunningServer } from "liveset/node";
import { startChild } from "./child.ts";
import type { Command, Said } from "./list-clients.ts";
import { ListWriter } from "./list-writer.ts";
import type { Measurement } from "./measurement.ts";
import { serveTasks } from "./serve-tasks.ts";
import { sqlRate } from "./sql-rate.ts";
import { count, latencies, ms, quantile } from "./statistics.ts";
import { createTaskFile, tasks } from "./task-database.ts";

const sockets = 100;
const lists = 10_000;
const bound = 50;
const seconds = 2;

/** Ten thousand different live lists under writes of all kinds: the highest rate at which they stay close, and whether they stay right. */
export async function benchLists(): Promise<readonly Measurement[]> {
  const file = createTaskFile(10 * lists, lists);
  const plain = sqlRate(file.path);
  const server = await serveTasks(file.path, {
    heartbeat: 600_000,
    subscriptions: lists / sockets,
    burst: 1000,
  });
  const unfollowed = await writeRate(server);
  const url = `ws://127.0.0.1:${server.port}/ws/`;
  const begin = performance.now();
  const clients = startChild<Said, Command>("list-clients.ts", [url, String(sockets), String(lists)]);
  try {
    await clients.next();
    const opened = performance.now() - begin;
    return [
      {
        what: `${count(lists)} live lists on ${sockets} sockets: until all are open`,
        value: ms(opened),
        baseline: "",
      },
      ...(await measure(new ListWriter(server.db, file.path, clients), { plain, unfollowed })),
    ];
  } finally {
    clients.stop();
    await server.close();
    file.remove();
  }
}

async function measure(
  writer: ListWriter,
  rates: { readonly plain: number; readonly unfollowed: number },
): Promise<Measurement[]> {
  await writer.run(200, 1);
  const { rate, times } = await highest(writer);
  const diverged = await writer.diverged(lists);
  return [
    {
      what: `The same, under writes (inside, enter, leave, insert, delete): the highest rate with p95 write → client < ${bound} ms`,
      value: `${count(rate)} writes/s; ${latencies(times)}`,
      baseline: `${count(rates.unfollowed)} writes/s with nobody following; ${count(rates.plain)} by SQL alone, nothing captured`,
      ratio: rate / rates.unfollowed,
    },
    {
      what: "The same: lists that differ from their SELECT at the end",
      value: count(diverged),
      baseline: `${count(writer.written)} writes`,
      budget: { text: "0", kept: diverged === 0 },
    },
  ];
}

/** How many writes a second the server does, one after the other as fast as it can. */
async function writeRate({ db }: RunningServer): Promise<number> {
  const changes = 2000;
  const change = async (id: number): Promise<unknown> =>
    db
      .update(tasks)
      .set({ text: `Changed by nobody ${id}` })
      .where(eq(tasks.id, id));
  await change(1);
  const begin = performance.now();
  await Promise.all(Array.from({ length: changes }, (_, n) => change(n + 1)));
  return (changes / (performance.now() - begin)) * 1000;
}

/** The highest rate that is kept: doubles until it is not, then halves the gap. */
async function highest(writer: ListWriter): Promise<Kept> {
  let good: Kept = { rate: 0, times: [] };
  let bad = Number.POSITIVE_INFINITY;
  for (let rate = 500; rate >= 10 && bad - good.rate > good.rate / 8; ) {
    const times = await keep(writer, rate);
    if (times === null) bad = rate;
    else good = { rate, times };
    rate = bad === Number.POSITIVE_INFINITY ? 2 * rate : Math.round((good.rate + bad) / 2);
  }
  return good;
}

interface Kept {
  readonly rate: number;
  /** How long each write took until it was seen, in ms. */
  readonly times: readonly number[];
}

/** Null where a rate is too high: three times, so that no other work on the machine decides. */
async function keep(writer: ListWriter, rate: number): Promise<readonly number[] | null> {
  for (let run = 0; run < 3; run++) {
    const times = await writer.run(rate, seconds);
    if (quantile(times, 0.95) < bound) return times;
  }
  return null;
}
