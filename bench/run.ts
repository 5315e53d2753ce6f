import { benchBundles } from "./bundles.ts";
import { benchCluster } from "./cluster.ts";
import { benchDialects } from "./dialects.ts";
import { benchFanOut } from "./fan-out.ts";
import { benchLatency } from "./latency.ts";
import { benchLists } from "./lists.ts";
import { machine } from "./machine.ts";
import { benchMatching } from "./matching.ts";
import type { Bench, Measurement } from "./measurement.ts";
import { benchMemory } from "./memory.ts";
import { benchPages } from "./pages.ts";
import { benchRelated } from "./related.ts";
import { benchRest } from "./rest.ts";
import { benchReturn } from "./return.ts";
import { benchStore } from "./store.ts";

const benches: Readonly<Record<string, Bench>> = {
  rest: benchRest,
  latency: benchLatency,
  "fan-out": benchFanOut,
  lists: benchLists,
  memory: benchMemory,
  return: benchReturn,
  matching: benchMatching,
  related: benchRelated,
  store: benchStore,
  vue: () => benchPages("Vue"),
  react: () => benchPages("React"),
  bundles: benchBundles,
  dialects: benchDialects,
  cluster: benchCluster,
};

function line({ what, value, baseline, ratio, budget }: Measurement): string {
  const against = ratio === undefined ? "" : `${ratio < 10 ? ratio.toFixed(2) : Math.round(ratio)} ×`;
  const verdict = budget === undefined ? "" : `${budget.text} ${budget.kept ? "✓" : "✗ missed"}`;
  return `| ${[what, value, baseline, against, verdict].join(" | ")} |`;
}

/** Runs the benches named, or all, and prints a table. Figures are for reading: a missed budget is no failure of the run. */
async function run(names: readonly string[]): Promise<void> {
  for (const fact of machine()) console.log(fact);
  console.log("\n| what | value | baseline, same run | ratio | budget |\n|---|---|---|---|---|");
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const bench = benches[name];
    if (bench === undefined)
      throw new Error(`No bench is called ${name}. There are: ${Object.keys(benches).join(", ")}.`);
    for (const measurement of await bench()) console.log(line(measurement));
  }
}

await run(process.argv.slice(2));
