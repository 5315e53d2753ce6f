import fc from "fast-check";
import { expect } from "vitest";
import { historyPlan } from "./arbitrary.fixture.ts";
import { type CountName, Counts } from "./counts.fixture.ts";
import type { MakeDatabase } from "./database.fixture.ts";
import type { HistoryPlan, Weights } from "./plan.fixture.ts";
import { HistoryRun } from "./run.fixture.ts";
import { type Setting, World } from "./world.fixture.ts";

/** What histories are played. */
export interface Histories {
  readonly database: MakeDatabase;
  readonly setting: Setting;
  readonly weights: Weights;
  readonly runs: number;
  /** How long all of them may take, the search for the smallest that fails included, in ms. */
  readonly time: number;
  /** What must have happened in a thousand histories, how often at least: a test that does not reach it any more proves nothing. */
  readonly floors: Partial<Readonly<Record<CountName, number>>>;
}

/** Children go with their parents in the one, and are orphans in the other. */
const worldKinds = [true, false];

/** Plays random histories and judges them. @throws Error with the smallest that fails, as text, and how to play it again. */
export async function checkHistories({
  database,
  setting,
  weights,
  runs,
  time,
  floors,
}: Histories): Promise<void> {
  const worlds = new Map<number, World>();
  const counts = new Counts();
  const worldOf = async (number: number): Promise<World> => {
    const known = worlds.get(number);
    const world = known ?? new World(await database(worldKinds[number] ?? true), setting);
    worlds.set(number, world);
    return world;
  };
  let patience = 5_000;
  const play = async (plan: HistoryPlan): Promise<void> => {
    const world = await worldOf(plan.world);
    try {
      await new HistoryRun(world, counts, patience).play(plan);
    } catch (thrown) {
      // What a failed history leaves behind must not fail the smaller ones that are tried after it.
      worlds.delete(plan.world);
      // Where one hangs the smaller ones are likely to.
      patience = 500;
      await world.end();
      throw thrown;
    }
  };
  try {
    await fc.assert(fc.asyncProperty(historyPlan(worldKinds.length, weights), play), {
      numRuns: runs,
      interruptAfterTimeLimit: time,
      markInterruptAsFailure: true,
    });
  } finally {
    for (const world of worlds.values()) await world.end();
  }
  if (process.env.LIVESET_COUNTS === "1") process.stdout.write(`${counts}\n`);
  // A history that is replayed alone need not reach it.
  if (counts.of("histories") >= runs) expect(counts.below(floors, runs / 1_000), String(counts)).toEqual([]);
}
