import type { ClientBase } from "pg";
import type { ClusterLog } from "../../../cluster/cluster-log.ts";
import type { Log } from "../../../log.ts";
import type { DatabaseTable, StartCapture } from "../capture.ts";
import { captureFor } from "../choose-capture.ts";
import { warnOfLeftovers } from "../leftovers.ts";
import type { CaptureMode } from "../postgres-options.ts";
import { startCluster } from "./start-cluster.ts";

/** What starts a node's capture in the way that a mode means: see `chooseCapture`. */
export async function chooseClusterCapture(
  client: ClientBase,
  mode: CaptureMode,
  tables: readonly DatabaseTable[],
  { schema, log, cluster }: { readonly schema: string; readonly log: Log; readonly cluster: ClusterLog },
): Promise<StartCapture> {
  const way = await captureFor(client, mode, tables, log);
  await warnOfLeftovers(client, [way === "wal" ? "triggers" : "wal"], schema, log);
  return (parts) => startCluster(parts, way, cluster);
}
