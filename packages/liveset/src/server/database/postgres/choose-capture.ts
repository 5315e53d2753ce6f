import type { ClientBase } from "pg";
import type { Log } from "../../log.ts";
import type { DatabaseTable } from "./capture.ts";
import type { CaptureMode } from "./postgres-options.ts";
import { walObstacles } from "./wal/wal-obstacles.ts";

/** The way of capture that a mode means: `auto` is logical replication where that is possible, else triggers. */
export async function chooseCapture(
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
