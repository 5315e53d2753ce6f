import type { ClientBase } from "pg";
import type { Capture, CaptureParts, DatabaseTable } from "../capture.ts";
import { doubtOf } from "../doubt-of.ts";
import { rowLayout } from "../triggers/row-layout.ts";
import { type InstalledWal, installWal } from "./install-wal.ts";
import { planWal } from "./plan-wal.ts";
import { WalCapture, type WalStart } from "./wal-capture.ts";

/** Capture by logical replication: see `StartCapture`. One server at a time reads a slot. */
export async function startWal(parts: CaptureParts): Promise<Capture> {
  const { withClient, readTables, schema, log } = parts;
  const install = async (
    client: ClientBase,
    tables: readonly DatabaseTable[],
    lost: string | null,
  ): Promise<WalStart> => {
    const installed = await installWal(client, tables, { schema, log, lost });
    return { installed, tables, begun: epochOf(installed, tables, parts) };
  };
  const capture = new WalCapture({
    ...parts,
    start: await withClient((client) => install(client, parts.tables, null)),
    doubt: (tables) =>
      withClient((client) => doubtOf(client, parts, tables, async (now) => planWal(client, now, schema))),
    startAnew: (lost) => withClient(async (client) => install(client, await readTables(client), lost)),
  });
  try {
    await capture.begin();
    await capture.caughtUp();
    return capture;
  } catch (error) {
    await capture.stop();
    throw error;
  }
}

function epochOf(
  { epoch, floor }: InstalledWal,
  tables: readonly DatabaseTable[],
  { log }: CaptureParts,
): WalStart["begun"] {
  const onOdd = (table: string) => (column: string, error: unknown) =>
    log.warn({ err: error, table, column }, "a value that its column cannot read is shown as null");
  const layouts = new Map(tables.map((table, i) => [i, rowLayout(table, onOdd(table.info.name))]));
  const decodeRow = (image: string) => JSON.parse(image) as readonly (string | null)[];
  return { epoch, layouts, decodeRow, floor };
}
