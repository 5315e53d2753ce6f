import { type Child, startChild } from "./child.ts";
import type { Measurement } from "./measurement.ts";
import type { Command, Reading, ServerKind } from "./server-commands.ts";
import { kib, slope } from "./statistics.ts";
import type { SubscriberPlan, Told } from "./subscriber-plan.ts";
import { createTaskFile } from "./task-database.ts";

/** Processes of subscribers, come one after the other. */
interface Crowd {
  readonly processes: number;
  readonly sockets: number;
  readonly subscriptions: number;
  readonly lists: SubscriberPlan["lists"];
}

/** Bytes: on the heap and in buffers beside it; of the whole process. */
interface Size {
  readonly own: number;
  readonly process: number;
}

const connections: Crowd = { processes: 5, sockets: 600, subscriptions: 1, lists: "shared" };
const shared: Crowd = { processes: 6, sockets: 20, subscriptions: 100, lists: "shared" };
const own: Crowd = { ...shared, lists: "own" };

/** What a subscribed connection and a further subscription take in the server's process: the slope over several sizes. */
export async function benchMemory(): Promise<readonly Measurement[]> {
  const bare = await growth("bare", connections);
  const connection = await growth("liveset", connections);
  const further = (by: Size): Size => ({
    own: (by.own - connection.own) / (shared.subscriptions - 1),
    process: (by.process - connection.process) / (shared.subscriptions - 1),
  });
  const inShared = further(await growth("liveset", shared));
  const inOwn = further(await growth("liveset", own));
  // A process grows less than its heap as long as it has room from before.
  const said = ({ own, process }: Size): string => `${kib(own)} (resident: ${kib(process)})`;
  return [
    {
      what: "Memory of a connection with one subscription, its socket included: heap and buffers",
      value: said(connection),
      baseline: `${said(bare)} a bare ws connection`,
      ratio: bare.own / connection.own,
      budget: { text: "≤ 20 KiB", kept: connection.own <= 20 * 1024 },
    },
    {
      what: "Memory of a further subscription, to a list that others follow",
      value: said(inShared),
      baseline: "",
      budget: { text: "≤ 1 KiB", kept: inShared.own <= 1024 },
    },
    {
      what: "Memory of a further subscription, to a list that nobody else follows",
      value: said(inOwn),
      baseline: "",
      budget: { text: "≤ 1 KiB", kept: inOwn.own <= 1024 },
    },
  ];
}

/** How much the server's process grows with each socket. */
async function growth(kind: ServerKind, crowd: Crowd): Promise<Size> {
  const file = createTaskFile(1000);
  const server = startChild<string | Reading, Command>("server.ts", [kind, file.path]);
  const clients: Child<Told, never>[] = [];
  try {
    const url = String(await server.next());
    const sizes: { readonly x: number; readonly size: Size }[] = [];
    for (let number = 0; number < crowd.processes; number++) {
      const { sockets, subscriptions, lists } = crowd;
      const first = 1000 + number * sockets * subscriptions;
      const plan: SubscriberPlan = { url, sockets, subscriptions, frames: 1, lists, first };
      const child = startChild<Told, never>("subscribers.ts", [JSON.stringify(plan)]);
      clients.push(child);
      await child.next();
      // The first comers pay for what is shared by all, code included.
      if (number > 0) sizes.push({ x: number * sockets, size: await sizeOf(server) });
    }
    return {
      own: slope(sizes.map(({ x, size }) => ({ x, y: size.own }))),
      process: slope(sizes.map(({ x, size }) => ({ x, y: size.process }))),
    };
  } finally {
    for (const child of clients) child.stop();
    server.stop();
    file.remove();
  }
}

/** Of two collections the second finds what the first has let go. */
async function sizeOf(server: Child<string | Reading, Command>): Promise<Size> {
  server.send({ do: "read", collect: true });
  await server.next();
  server.send({ do: "read", collect: true });
  const { heap, external, process } = (await server.next()) as Reading;
  return { own: heap + external, process };
}
