import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { casePlan } from "./case.fixture.ts";
import { CaseRun } from "./case-run.fixture.ts";
import { createWorld, type World, worldPlans } from "./world.fixture.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);
const runs = 500 * soak;
const folder = mkdtempSync(join(tmpdir(), "liveset-lists-"));
const plans = worldPlans(40 * soak);
const worlds = new Map<number, Promise<{ readonly world: World; readonly other: DatabaseSync }>>();

afterAll(async () => {
  for (const opened of worlds.values()) {
    const { world, other } = await opened;
    other.close();
    await world.close();
  }
  rmSync(folder, { recursive: true });
});

/** Worlds are used again by the cases after, emptied: to make one takes longer than to play a case in it. */
function worldOf(number: number): Promise<{ readonly world: World; readonly other: DatabaseSync }> {
  const known = worlds.get(number);
  if (known !== undefined) return known;
  const path = join(folder, `${number}.db`);
  const made = createWorld(plans[number] ?? [], path, new VirtualClock()).then((world) => {
    const other = new DatabaseSync(path, { timeout: 5000 });
    other.exec("pragma foreign_keys = on; pragma synchronous = off");
    return { world, other };
  });
  worlds.set(number, made);
  return made;
}

test("P1 to P5: after every commit each client's list equals the scoped SELECT", {
  timeout: 300_000 * soak,
}, async () => {
  const counts = { cases: 0, resumed: 0, compared: 0, rows: 0 };
  await fc.assert(
    fc.asyncProperty(casePlan(plans.length), async (plan) => {
      const { world, other } = await worldOf(plan.world);
      const run = new CaseRun(world, other);
      try {
        await run.play(plan);
        await run.end();
        counts.cases++;
        for (const name of ["resumed", "compared", "rows"] as const) counts[name] += run.counts[name];
      } catch (thrown) {
        // What a failed case leaves behind must not fail the smaller ones that are tried after it.
        worlds.delete(plan.world);
        other.close();
        await world.close();
        rmSync(join(folder, `${plan.world}.db`), { force: true });
        throw thrown;
      }
    }),
    { numRuns: runs },
  );
  // The cases must go on doing what they are for; one that is replayed alone need not.
  if (counts.cases >= runs) {
    expect(counts.compared).toBeGreaterThan(5 * runs);
    expect(counts.rows).toBeGreaterThan(10 * runs);
    expect(counts.resumed).toBeGreaterThan(runs / 20);
  }
});
