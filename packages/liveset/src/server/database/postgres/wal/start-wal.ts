import type { Capture, CaptureParts } from "../capture.ts";
import { rowLayout } from "../triggers/row-layout.ts";
import { installWal } from "./install-wal.ts";
import { WalAssembler } from "./wal-assembler.ts";
import { WalCapture } from "./wal-capture.ts";
import { WalFeed } from "./wal-feed.ts";

/** Capture by logical replication: see `StartCapture`. One server at a time reads a slot. */
export async function startWal(parts: CaptureParts): Promise<Capture> {
  const { tables, withClient, schema, log } = parts;
  const installed = await withClient((client) => installWal(client, tables, schema, log));
  const onOdd = (table: string) => (column: string, error: unknown) =>
    log.warn({ err: error, table, column }, "a value that its column cannot read is shown as null");
  const layouts = new Map(tables.map((table, i) => [i, rowLayout(table, onOdd(table.info.name))]));
  const decodeRow = (image: string) => JSON.parse(image) as readonly (string | null)[];
  const feed = new WalFeed({ epoch: installed.epoch, layouts, decodeRow, floor: installed.floor, log });
  const capture = new WalCapture({ ...parts, installed, feed, assembler: new WalAssembler(tables) });
  try {
    await capture.begin();
    await capture.caughtUp();
    return capture;
  } catch (error) {
    await capture.stop();
    throw error;
  }
}
