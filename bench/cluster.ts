import { setTimeout as pause } from "node:timers/promises";
import { brokers } from "../packages/liveset/src/server/cluster/brokers.fixture.ts";
import { startBroker } from "../packages/liveset/src/testing/programs/broker-harness.ts";
import { findProgram } from "../packages/liveset/src/testing/programs/find-program.ts";
import { startPostgres } from "../packages/liveset/src/testing/programs/start-postgres.ts";
import { type Child, sharedClock, startChild } from "./child.ts";
import type { NodePlan, NodeReading } from "./cluster-node.ts";
import type { Command as ListCommand, Said } from "./list-clients.ts";
import type { Measurement } from "./measurement.ts";
import { createTaskDatabase, type TaskDatabase } from "./postgres-tasks.ts";
import { count, kib, latencies } from "./statistics.ts";
import type { SubscriberPlan, Told } from "./subscriber-plan.ts";

type Node = Child<string | NodeReading, "read">;

/** PostgreSQL and the brokers that are installed. */
interface Servers {
  readonly postgres: string;
  readonly brokers: readonly (NodePlan["broker"] & object)[];
}

const samples = 300;
const lists = 10_000;
const changes = 20_000;
const sockets = 1_000;
const rounds = 200;

/** PostgreSQL, by both ways of capture, alone and over brokers: how late, how much, how many nodes. */
export async function benchCluster(): Promise<readonly Measurement[]> {
  const postgres = await startPostgres();
  const started = await Promise.all(
    brokers.map(async (kind) => {
      const path = findProgram(kind.program);
      return path === null ? null : { program: kind.program, broker: await startBroker({ ...kind, path }) };
    }),
  );
  const found = started.filter((each) => each !== null);
  const servers: Servers = {
    postgres: postgres.url,
    brokers: found.map(({ program, broker }) => ({ program, port: broker.port })),
  };
  try {
    return [
      ...(await measureLatency(servers)),
      await measureIntake(servers),
      ...(await measureNodes(servers)),
    ];
  } finally {
    for (const { broker } of found) await broker.remove();
    await postgres.stop();
  }
}

async function startNode(plan: NodePlan): Promise<{ readonly node: Node; readonly url: string }> {
  const node: Node = startChild("cluster-node.ts", [JSON.stringify(plan)]);
  return { node, url: String(await node.next()) };
}

async function readingOf(node: Node): Promise<NodeReading> {
  node.send("read");
  return (await node.next()) as NodeReading;
}

/** Runs the work with a database of its own. */
async function withDatabase<T>(
  { postgres }: Servers,
  [rows, own]: readonly [rows: number, lists: number],
  work: (database: TaskDatabase) => Promise<T>,
): Promise<T> {
  const database = await createTaskDatabase(postgres, rows, own);
  try {
    return await work(database);
  } finally {
    await database.remove();
  }
}

/** From before a statement is sent to PostgreSQL by somebody else until a client in another process has the change. */
async function measureLatency(servers: Servers): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const capture of ["wal", "triggers"] as const)
    for (const broker of [null, ...(capture === "wal" ? (["slots"] as const) : []), ...servers.brokers])
      measurements.push(
        await withDatabase(servers, [1_000, 100], async (database) => {
          const { node, url } = await startNode({ database: database.url, capture, broker });
          const plan: SubscriberPlan = { url, sockets: 1, subscriptions: 1, frames: 2, lists: "shared" };
          const client = startChild<Told, never>("subscribers.ts", [JSON.stringify(plan)]);
          try {
            await client.next();
            const values: number[] = [];
            for (let n = 0; n < samples; n++) {
              const begin = sharedClock();
              await database.client.query("UPDATE tasks SET text = $1 WHERE id = 1", [`Written ${n}`]);
              const told = await client.next();
              if (told !== "ready" && n >= samples / 10) values.push(told.at - begin);
              await pause(1 + (n % 7));
            }
            return {
              what: `Write in PostgreSQL → client: ${capture}, ${nameOf(broker)}`,
              value: latencies(values),
              baseline: "",
            };
          } finally {
            client.stop();
            node.stop();
          }
        }),
      );
  return measurements;
}

/** How many changes a second one node takes in from the WAL, each in a transaction of its own and in one of ten thousand live lists. */
async function measureIntake(servers: Servers): Promise<Measurement> {
  return withDatabase(servers, [10 * lists, lists], async (database) => {
    const { node, url } = await startNode({ database: database.url, capture: "wal", broker: null });
    const before = await readingOf(node);
    const clients = startChild<Said, ListCommand>("list-clients.ts", [url, "100", String(lists)]);
    try {
      await clients.next();
      const open = await readingOf(node);
      const begin = sharedClock();
      const writing = database.client.query(`CALL change(${changes})`).then(() => sharedClock());
      let end = begin;
      for (let seen = 0; seen < changes; ) {
        const said = await clients.next();
        if (said === "ready" || !("seen" in said)) continue;
        seen += said.seen.length;
        for (const [, at] of said.seen) end = Math.max(end, at);
      }
      const written = await writing;
      const after = await readingOf(node);
      const perSecond = (until: number): string => count((changes / (until - begin)) * 1000);
      return {
        what: `${count(lists)} live lists, wal: changes/s that one node takes in, each a transaction of its own`,
        value: `${perSecond(end)}/s; ${(((after.cpu - open.cpu) * 1000) / changes).toFixed(0)} µs CPU each; ${kib((open.heap - before.heap) / lists)} heap for a list with 10 rows`,
        baseline: `${perSecond(written)}/s written by one procedure meanwhile`,
      };
    } finally {
      clients.stop();
      node.stop();
    }
  });
}

function nameOf(broker: NodePlan["broker"]): string {
  if (broker === null) return "one node";
  return broker === "slots" ? "a slot for each node" : `over ${broker.program}`;
}

/** How many deliveries a second 1, 2 and 4 nodes do together, by the first broker or by slots: changes of a list that all sockets follow. */
async function measureNodes(servers: Servers): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const first = servers.brokers[0];
  const all = [
    ...(first === undefined ? [] : [1, 2, 4].map((number) => [number, first] as const)),
    [2, "slots"] as const,
  ];
  for (const [number, broker] of all)
    measurements.push(
      await withDatabase(servers, [1_000, 100], async (database) => {
        const nodes = await Promise.all(
          Array.from({ length: number }, () => startNode({ database: database.url, capture: "wal", broker })),
        );
        const clients = nodes.map(({ url }) => {
          const plan: SubscriberPlan = {
            url,
            sockets: sockets / number,
            subscriptions: 1,
            frames: 2,
            lists: "shared",
          };
          return startChild<Told, never>("subscribers.ts", [JSON.stringify(plan)]);
        });
        try {
          for (const client of clients) await client.next();
          const cpu = async () =>
            (await Promise.all(nodes.map(({ node }) => readingOf(node)))).reduce(
              (sum, each) => sum + each.cpu,
              0,
            );
          const before = await cpu();
          const begin = sharedClock();
          const told = clients.map(async (client) => {
            let at = begin;
            for (let n = 0; n < rounds; n++) {
              const said = await client.next();
              if (said !== "ready") at = said.at;
            }
            return at;
          });
          for (let n = 0; n < rounds; n++)
            await database.client.query("UPDATE tasks SET text = $1 WHERE id = 1", [`Written ${n}`]);
          const end = Math.max(...(await Promise.all(told)));
          const used = (await cpu()) - before;
          return {
            what: `${number} ${number === 1 ? "node" : "nodes"}, ${count(sockets)} sockets in all, wal, ${nameOf(broker)}: deliveries`,
            value: `${count(((rounds * sockets) / (end - begin)) * 1000)}/s; ${((used * 1000) / (rounds * sockets)).toFixed(2)} µs CPU of the nodes each`,
            baseline: "nodes, clients, PostgreSQL and broker share this machine's cores",
          };
        } finally {
          for (const client of clients) client.stop();
          for (const { node } of nodes) node.stop();
        }
      }),
    );
  return measurements;
}
