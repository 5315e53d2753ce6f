import type { ClientBase } from "pg";
import type { Log } from "../../log.ts";
import type { StartCapture } from "./capture.ts";
import type { CaptureMode } from "./postgres-options.ts";
import { startTriggers } from "./triggers/start-triggers.ts";
import { startWal } from "./wal/start-wal.ts";

/**
 * The way of capture.
 *
 * @throws Error where it is not possible.
 */
export async function chooseCapture(
  _client: ClientBase,
  mode: CaptureMode,
  _log: Log,
): Promise<StartCapture> {
  return mode === "wal" ? startWal : startTriggers;
}
