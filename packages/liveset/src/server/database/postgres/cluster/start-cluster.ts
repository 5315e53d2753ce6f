import type { ClusterLog } from "../../../cluster/cluster-log.ts";
import type { Capture, CaptureParts, StartCapture } from "../capture.ts";
import { noteInLog } from "../triggers/note-in-log.ts";
import { startTriggers } from "../triggers/start-triggers.ts";
import { noteInWal } from "../wal/note-in-wal.ts";
import { startWal } from "../wal/start-wal.ts";
import { ClusterCapture } from "./cluster-capture.ts";
import type { CommitBarrier } from "./commit-barrier.ts";
import { Leader } from "./leader.ts";
import { triggerBarrier } from "./trigger-barrier.ts";
import { walBarrier } from "./wal-barrier.ts";

/** What a way of capture is to a node that may or may not be the one that reads the changes. */
interface ClusterWay {
  readonly start: StartCapture;
  readonly barrier: (parts: CaptureParts, cluster: ClusterLog) => CommitBarrier;
  readonly noteMutation: (parts: CaptureParts) => Capture["noteMutation"];
}

const ways: Readonly<Record<"wal" | "triggers", ClusterWay>> = {
  wal: {
    start: startWal,
    barrier: walBarrier,
    noteMutation: () => (client, id) => noteInWal(client, ["mutation", id]),
  },
  triggers: {
    start: startTriggers,
    barrier: triggerBarrier,
    noteMutation:
      ({ schema }) =>
      (client, id) =>
        noteInLog(client, schema, id),
  },
};

/**
 * Capture of a node of a cluster: one of the nodes reads the changes and publishes them to the log; each reads the log.
 *
 * @throws Error of the way of capture's, where this node is the one that is to read the changes and may not.
 */
export async function startCluster(
  parts: CaptureParts,
  way: "wal" | "triggers",
  cluster: ClusterLog,
): Promise<Capture> {
  const { start, barrier, noteMutation } = ways[way];
  const leader = new Leader({ ...parts, cluster, start });
  const capture = new ClusterCapture({
    ...parts,
    cluster,
    barrier: barrier(parts, cluster),
    noteMutation: noteMutation(parts),
    resign: () => leader.stop(),
  });
  try {
    await Promise.race([capture.begin(), leader.begin()]);
    return capture;
  } catch (error) {
    await capture.stop();
    throw error;
  }
}
