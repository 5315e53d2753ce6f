import type { ClientBase } from "pg";
import type { Log } from "../../log.ts";
import type { DatabaseTable, StartCapture } from "./capture.ts";
import { warnOfLeftovers } from "./leftovers.ts";
import type { CaptureMode } from "./postgres-options.ts";
import { startTriggers } from "./triggers/start-triggers.ts";
import { startWal } from "./wal/start-wal.ts";
import { walObstacles } from "./wal/wal-obstacles.ts";

/** The way of capture that a mode means: `auto` is logical replication where that is possible, else triggers. */
export async function captureFor(
  client: ClientBase,
  mode: CaptureMode,
  tables: readonly DatabaseTable[],
  log: Log,
): Promise<"wal" | "triggers"> {
  if (mode !== "auto") return mode;
  const obstacles = await walObstacles(client, tables);
  const capture = obstacles.length === 0 ? "wal" : "triggers";
  const why = capture === "wal" ? "wal_level is logical, and the role may replicate" : obstacles.join(" ");
  log.info(
    { capture, why },
    `changes are captured by ${capture === "wal" ? "logical replication" : "triggers"}`,
  );
  return capture;
}

/** What starts the way of capture that a mode means. */
export async function chooseCapture(
  client: ClientBase,
  mode: CaptureMode,
  tables: readonly DatabaseTable[],
  { schema, log }: { readonly schema: string; readonly log: Log },
): Promise<StartCapture> {
  const capture = await captureFor(client, mode, tables, log);
  await warnOfLeftovers(client, [capture === "wal" ? "triggers" : "wal"], schema, log);
  return capture === "wal" ? startWal : startTriggers;
}
