import type { ClientBase } from "pg";
import type { OpenOptions } from "../database.ts";
import type { DatabaseTable, StartCapture } from "./capture.ts";
import { chooseCapture } from "./choose-capture.ts";
import { startCluster } from "./cluster/start-cluster.ts";
import { warnOfLeftovers } from "./leftovers.ts";
import type { CaptureMode } from "./postgres-options.ts";
import { startTriggers } from "./triggers/start-triggers.ts";
import { startSlots } from "./wal/start-slots.ts";
import { startWal } from "./wal/start-wal.ts";

/**
 * What starts capture as a mode means it: of a server that is alone, or of a node of a cluster. Warns of what ways that are not in use have
 * left behind.
 *
 * @throws Error for nodes that read by slots of their own with capture by triggers, whose log one server reads.
 */
export async function chooseStart(
  client: ClientBase,
  mode: CaptureMode,
  tables: readonly DatabaseTable[],
  { schema, log, cluster = null }: Pick<OpenOptions, "log" | "cluster"> & { readonly schema: string },
): Promise<StartCapture> {
  if (cluster === "slots") {
    if (mode === "triggers")
      throw new Error(
        'cluster: "slots" needs logical replication, and the option capture of postgres(…) is "triggers": leave it out, or share a broker (redisStreams, natsJetStream).',
      );
    await warnOfLeftovers(client, ["triggers", "wal"], schema, log);
    return startSlots;
  }
  const capture = await chooseCapture(client, mode, tables, log);
  await warnOfLeftovers(client, [capture === "wal" ? "triggers" : "wal"], schema, log);
  if (cluster !== null) return (parts) => startCluster(parts, capture, cluster);
  return capture === "wal" ? startWal : startTriggers;
}
