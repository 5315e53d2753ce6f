import type { ClientBase } from "pg";
import type { Log } from "../../../log.ts";
import type { StartCapture } from "../capture.ts";
import { warnOfLeftovers } from "../leftovers.ts";
import type { CaptureMode } from "../postgres-options.ts";
import { startSlots } from "../wal/start-slots.ts";

/**
 * What starts the capture of a node that reads by a slot of its own.
 *
 * @throws Error for capture by triggers, whose log one server reads.
 */
export async function chooseSlots(
  client: ClientBase,
  mode: CaptureMode,
  { schema, log }: { readonly schema: string; readonly log: Log },
): Promise<StartCapture> {
  if (mode === "triggers")
    throw new Error(
      'cluster: "slots" needs logical replication, and the option capture of postgres(…) is "triggers": leave it out, or share a broker (redisStreams, natsJetStream).',
    );
  await warnOfLeftovers(client, ["triggers", "wal"], schema, log);
  return startSlots;
}
