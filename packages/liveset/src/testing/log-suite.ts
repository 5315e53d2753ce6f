import type { ClusterLog } from "../server/cluster/cluster-log.ts";
import { faultCases } from "./cluster/fault-cases.ts";
import { type LogCase, type LogHarness, openLog } from "./cluster/log-harness.ts";
import { orderCases } from "./cluster/order-cases.ts";
import type { SuiteRunner } from "./database-suite.ts";

export type { LogCase, LogHarness } from "./cluster/log-harness.ts";

/** Every requirement of a `ClusterLog`. */
export const clusterLogCases: readonly LogCase[] = [...orderCases, ...faultCases];

/**
 * The conformance suite of cluster logs: one test for each requirement, each with a broker of its own that it stops, starts
 * and robs of its data.
 *
 * @example
 * ```ts
 * import { describe, test } from "vitest";
 * import { describeClusterLog, type LogHarness } from "liveset/testing";
 *
 * declare function makeHarness(): Promise<LogHarness>;
 *
 * describeClusterLog("my broker", makeHarness, { describe, test });
 * ```
 */
export function describeClusterLog(
  name: string,
  makeHarness: () => Promise<LogHarness>,
  { describe, test }: SuiteRunner,
): void {
  describe(name, () => {
    for (const { title, run } of clusterLogCases) test(title, () => runCase(makeHarness, run));
  });
}

async function runCase(makeHarness: () => Promise<LogHarness>, run: LogCase["run"]): Promise<void> {
  const harness = await makeHarness();
  const opened: ClusterLog[] = [];
  const open = async (options?: { readonly count?: number }): Promise<ClusterLog> => {
    const log = await openLog(harness, options);
    opened.push(log);
    return log;
  };
  try {
    await run({ harness, open });
  } finally {
    await Promise.all(opened.map((log) => log.close()));
    await harness.remove();
  }
}
