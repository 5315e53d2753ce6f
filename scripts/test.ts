import { type CommandResult, runCommand } from "./run-command.ts";

/** One part of `npm test`. */
interface Stage {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const types: Stage = { name: "types", command: ["node", "scripts/check-types.ts"] };
const docs: Stage = { name: "docs", command: ["node", "scripts/check-docs.ts"] };
const lint: Stage = { name: "lint", command: ["biome", "check", "--error-on-warnings", "."] };
const layers: Stage = { name: "layers", command: ["node", "scripts/check-layers.ts"] };
const size: Stage = { name: "size", command: ["node", "scripts/check-size.ts"] };
const packed: Stage = { name: "package", command: ["node", "scripts/check-package.ts"] };
// By itself vitest leaves one of two cores free, which nobody uses once the lane beside it has ended.
const workers = "--maxWorkers=2";
const unit: Stage = {
  name: "unit",
  command: ["vitest", "run", "--project", "unit", "--project", "page", workers],
};
const integration: Stage = {
  name: "integration",
  command: ["vitest", "run", "--project", "integration", workers],
};
const browser: Stage = { name: "browser", command: ["vitest", "run", "--project", "browser"] };

/**
 * Groups run one after another; the lanes of a group at the same time, each in order. Two lanes, for two cores. What waits
 * for real time (integration, browser) has no other tests beside it.
 */
const groups: readonly (readonly (readonly Stage[])[])[] = [
  [[types, docs, lint, layers, size], [unit]],
  [[integration], [packed]],
  [[browser]],
];

interface Outcome extends CommandResult {
  readonly stage: Stage;
}

async function runStage(stage: Stage): Promise<Outcome> {
  const env = process.stdout.isTTY ? { FORCE_COLOR: "1" } : undefined;
  const result = await runCommand(stage.command, env === undefined ? {} : { env });
  const outcome = { ...result, stage };
  if (result.ok) console.log(printed(outcome));
  else console.log(`\n═══ ${stage.name}: FAILED; what it printed stands at the end ═══`);
  return outcome;
}

function printed({ stage, ok, seconds, output }: Outcome): string {
  return `\n═══ ${stage.name}: ${ok ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s ═══\n${output.trim()}`;
}

async function runLane(lane: readonly Stage[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const stage of lane) outcomes.push(await runStage(stage));
  return outcomes;
}

/** Runs all stages, or those named, and sums up. A failed stage does not keep the others from running. */
async function test(names: readonly string[]): Promise<boolean> {
  const begin = performance.now();
  const known = groups.flat(2).map((stage) => stage.name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`No stage is called ${unknown.join(", ")}. Stages: ${known.join(", ")}.`);
    return false;
  }
  const chosen = (stage: Stage): boolean => names.length === 0 || names.includes(stage.name);
  const outcomes: Outcome[] = [];
  for (const group of groups) {
    const lanes = await Promise.all(group.map((lane) => runLane(lane.filter(chosen))));
    outcomes.push(...lanes.flat());
  }
  // Last, where the end of a long log shows it.
  for (const outcome of outcomes.filter(({ ok }) => !ok)) console.log(printed(outcome));
  console.log("\n═══ summary ═══");
  for (const { stage, ok, seconds } of outcomes) {
    console.log(`${ok ? "passed" : "FAILED"}  ${stage.name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s`);
  }
  const failed = outcomes.filter(({ ok }) => !ok).map(({ stage }) => stage.name);
  const total = ((performance.now() - begin) / 1000).toFixed(0);
  console.log(
    failed.length === 0 ? `All passed in ${total} s.` : `Failed: ${failed.join(", ")} (${total} s).`,
  );
  return failed.length === 0;
}

process.exitCode = (await test(process.argv.slice(2))) ? 0 : 1;
