import type { ClientBase } from "pg";
import type { OpenOptions } from "../database.ts";
import type { DatabaseTable, StartCapture } from "./capture.ts";
import { chooseCapture } from "./choose-capture.ts";
import { chooseClusterCapture } from "./cluster/choose-cluster-capture.ts";
import { chooseSlots } from "./cluster/choose-slots.ts";
import type { CaptureMode } from "./postgres-options.ts";

/** What starts capture as a mode means it: of a server that is alone, or of a node of a cluster. */
export async function chooseStart(
  client: ClientBase,
  mode: CaptureMode,
  tables: readonly DatabaseTable[],
  { schema, log, cluster = null }: Pick<OpenOptions, "log" | "cluster"> & { readonly schema: string },
): Promise<StartCapture> {
  if (cluster === null) return chooseCapture(client, mode, tables, { schema, log });
  if (cluster === "slots") return chooseSlots(client, mode, { schema, log });
  return chooseClusterCapture(client, mode, tables, { schema, log, cluster });
}
