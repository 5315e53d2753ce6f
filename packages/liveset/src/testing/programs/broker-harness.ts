import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterLog } from "../../server/cluster/cluster-log.ts";
import type { LogHarness } from "../cluster/log-harness.ts";
import { freePort, startProgram } from "./start-program.ts";

/** How a broker's program is used. */
export interface BrokerProgram {
  readonly path: string;
  args(port: number, folder: string): readonly string[];
  /** A log in the broker. */
  connect(port: number, options: { readonly count?: number }): ClusterLog;
}

/** A broker that runs. */
export interface BrokerHarness extends LogHarness {
  readonly port: number;
  /** Stops it without ending it, or lets it go on. */
  freeze(frozen: boolean): void;
}

/** Starts a broker at a free port, with its data in a folder of its own. */
export async function startBroker({ path, args, connect }: BrokerProgram): Promise<BrokerHarness> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "liveset-broker-"));
  const start = () => startProgram(path, args(port, folder), port);
  let running = await start();
  return {
    port,
    connect: (options = {}) => connect(port, options),
    freeze: (frozen) => running.freeze(frozen),
    stop: () => running.kill(),
    start: async () => {
      running = await start();
    },
    lose: async () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    },
    remove: async () => {
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
