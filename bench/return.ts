import { setTimeout as pause } from "node:timers/promises";
import { startChild } from "./child.ts";
import { mostSockets } from "./machine.ts";
import type { Measurement } from "./measurement.ts";
import type { Move, Moved } from "./returning.ts";
import type { Command, Reading, ServerKind } from "./server-commands.ts";
import { count, median, ms } from "./statistics.ts";
import { createTaskFile } from "./task-database.ts";

const clients = Math.min(5000, mostSockets());
const rounds = 3;
/** Changes while they are away, of all lists. */
const missed = 200;

/** One departure of all and their return. */
interface Round {
  readonly back: number;
  readonly resumed: number;
  /** ms for which the server's event loop stood still, as they left and as they came back. */
  readonly leaving: number;
  readonly returning: number;
  /** ms of CPU that their return took the server. */
  readonly cpu: number;
}

/** Thousands of clients dropped at once, and their return at once, each knowing where it left off; things have changed meanwhile. */
export async function benchReturn(): Promise<readonly Measurement[]> {
  const ours = await measure("liveset");
  const bare = await measure("bare");
  const of = (rounds: readonly Round[], what: keyof Round): number =>
    median(rounds.map((round) => round[what]));
  const resumed = of(ours, "resumed");
  const time = (rounds: readonly Round[]): string =>
    `${ms(of(rounds, "back"))}, ${ms(of(rounds, "cpu"))} of the server's CPU`;
  const block = (rounds: readonly Round[]): string =>
    `${ms(of(rounds, "returning"))}; as they left ${ms(of(rounds, "leaving"))}`;
  return [
    {
      what: `${count(clients)} connections dropped at once and back: until all are live (${count(resumed)} resumed, ${missed} changes missed)`,
      value: time(ours),
      baseline: `${time(bare)} bare ws connections greeted and answered`,
      ratio: of(bare, "back") / of(ours, "back"),
    },
    {
      what: "The same: the longest block of the event loop",
      value: block(ours),
      baseline: `${block(bare)} a bare ws server`,
    },
  ];
}

async function measure(kind: ServerKind): Promise<readonly Round[]> {
  const file = createTaskFile(2000);
  const server = startChild<string | Reading, Command>("server.ts", [kind, file.path]);
  const url = String(await server.next());
  const crowd = startChild<Moved, Move>("returning.ts", [url, String(clients)]);
  const move = (to: Move): Promise<Moved> => {
    crowd.send(to);
    return crowd.next();
  };
  const read = async (): Promise<Reading> => {
    server.send({ do: "read", collect: false });
    return (await server.next()) as Reading;
  };
  try {
    await move("return");
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      await read();
      await move("leave");
      await pause(200);
      const { block: leaving } = await read();
      server.send({ do: "change", times: missed, every: 1 });
      await pause(1000);
      const before = await read();
      const { ms: back, resumed } = await move("return");
      const after = await read();
      measured.push({ back, resumed, leaving, returning: after.block, cpu: after.cpu - before.cpu });
    }
    return measured;
  } finally {
    crowd.stop();
    server.stop();
    file.remove();
  }
}
