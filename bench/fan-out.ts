import { type Child, startChild } from "./child.ts";
import { compare } from "./compare.ts";
import { mostSockets } from "./machine.ts";
import type { Measurement } from "./measurement.ts";
import type { Command, Reading, ServerKind } from "./server-commands.ts";
import { count } from "./statistics.ts";
import type { SubscriberPlan, Told } from "./subscriber-plan.ts";
import { createTaskFile } from "./task-database.ts";

interface Audience {
  readonly sockets: number;
  readonly subscriptions: number;
  /** How often it is measured: changes at once, in how many operations and rounds. */
  readonly runs: readonly {
    readonly changes: number;
    readonly operations: number;
    readonly rounds: number;
  }[];
}

const audiences: readonly Audience[] = [
  { sockets: 100, subscriptions: 1, runs: [{ changes: 1, operations: 20, rounds: 12 }] },
  {
    sockets: 1000,
    subscriptions: 1,
    runs: [
      { changes: 1, operations: 4, rounds: 12 },
      { changes: 10, operations: 1, rounds: 12 },
    ],
  },
  {
    sockets: Math.min(10_000, mostSockets()),
    subscriptions: 1,
    runs: [{ changes: 1, operations: 1, rounds: 8 }],
  },
  { sockets: 100, subscriptions: 100, runs: [{ changes: 1, operations: 2, rounds: 12 }] },
];

/** A server and those who listen to it, each in a process of its own. */
interface Side {
  readonly server: Child<string | Reading, Command>;
  readonly clients: Child<Told, never>;
}

const kinds = ["liveset", "bare", "socket.io"] as const;
type Sides = Readonly<Record<ServerKind, Side>>;

/** Changes to many subscribers, against a loop over as many bare sockets that sends the same bytes, and against Socket.IO's rooms. */
export async function benchFanOut(): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const audience of audiences) {
    const file = createTaskFile(2000);
    const started: Side[] = [];
    try {
      const sides: Partial<Record<ServerKind, Side>> = {};
      for (const kind of kinds) {
        const side = await startSide(kind, file.path, audience);
        started.push(side);
        sides[kind] = side;
      }
      measurements.push(...(await measure(sides as Sides, audience)));
    } finally {
      for (const side of started) {
        side.clients.stop();
        side.server.stop();
      }
      file.remove();
    }
  }
  return measurements;
}

async function startSide(
  kind: ServerKind,
  path: string,
  { sockets, subscriptions }: Audience,
): Promise<Side> {
  const server = startChild<string | Reading, Command>("server.ts", [kind, path]);
  const url = String(await server.next());
  const frames = subscriptions + (kind === "socket.io" ? 0 : 1);
  const plan: SubscriberPlan = { url, sockets, subscriptions, frames, lists: "shared" };
  const clients = startChild<Told, never>("subscribers.ts", [JSON.stringify(plan)]);
  await clients.next();
  return { server, clients };
}

async function measure(sides: Sides, audience: Audience): Promise<Measurement[]> {
  const { liveset } = sides;
  liveset.server.send({ do: "change", times: 1, every: 100 });
  const told = await liveset.clients.next();
  const frames = told === "ready" ? [] : told.frames;
  for (const kind of kinds) sides[kind].server.send({ do: "frames", frames });
  const measurements: Measurement[] = [];
  for (const { changes, ...options } of audience.runs) {
    const change = (side: Side) => async (): Promise<void> => {
      side.server.send({ do: "change", times: changes, every: 100 });
      for (let n = 0; n < changes; n++) await side.clients.next();
    };
    const before = await cpuOf(sides);
    const times = await compare(
      { liveset: change(liveset), bare: change(sides.bare), "socket.io": change(sides["socket.io"]) },
      options,
    );
    const after = await cpuOf(sides);
    const all = changes * (options.rounds + Math.ceil(options.rounds / 4)) * options.operations;
    const deliveries = audience.sockets * audience.subscriptions;
    const said = (kind: ServerKind): string => {
      const cpu = ((after[kind] - before[kind]) * 1000) / (all * deliveries);
      return `${count(((changes * deliveries) / times[kind]) * 1e6)}/s, ${cpu.toFixed(2)} µs CPU each`;
    };
    const ratio = times.bare / times.liveset;
    measurements.push({
      what: `${changes === 1 ? "One change" : `${changes} changes at once`} to ${nameOf(audience)}: deliveries`,
      value: `${said("liveset")} (written, committed, captured, matched)`,
      baseline: `${said("bare")}: a bare ws loop, same bytes; ${said("socket.io")}: Socket.IO (${(times["socket.io"] / times.liveset).toFixed(2)} ×)`,
      ratio,
      budget: { text: changes === 1 ? "≥ 1.0 ×" : "> 1.0 ×", kept: ratio >= 1 },
    });
  }
  return measurements;
}

function nameOf({ sockets, subscriptions }: Audience): string {
  if (subscriptions === 1) return `${count(sockets)} sockets`;
  return `${count(subscriptions)} lists on each of ${count(sockets)} sockets`;
}

async function cpuOf(sides: Sides): Promise<Record<ServerKind, number>> {
  const cpu = { liveset: 0, bare: 0, "socket.io": 0 };
  for (const kind of kinds) {
    sides[kind].server.send({ do: "read", collect: false });
    cpu[kind] = ((await sides[kind].server.next()) as Reading).cpu;
  }
  return cpu;
}
