import { describe, test } from "vitest";
import { describeClusterLog, type LogHarness } from "./log-suite.ts";
import { MemoryBroker } from "./memory-log.ts";

async function makeHarness(): Promise<LogHarness> {
  let broker: MemoryBroker | null = null;
  const the = (count?: number): MemoryBroker => {
    broker ??= new MemoryBroker(count === undefined ? {} : { count });
    return broker;
  };
  return {
    connect: ({ count } = {}) => the(count).connect(),
    stop: async () => the().stop(),
    start: async () => the().start(),
    lose: async () => the().lose(),
    remove: async () => {},
  };
}

describeClusterLog("A broker in memory", makeHarness, { describe, test });
