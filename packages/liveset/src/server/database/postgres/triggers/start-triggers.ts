import type { Capture, CaptureParts } from "../capture.ts";
import { ChangesLog } from "./changes-log.ts";
import { installTriggers } from "./install-triggers.ts";
import { ReaderConnection } from "./reader-connection.ts";
import { decodeTexts, rowLayout } from "./row-layout.ts";
import { TriggerCapture } from "./trigger-capture.ts";
import { TriggerFeed } from "./trigger-feed.ts";

/** Capture by triggers: see `StartCapture`. One server at a time reads a log. */
export async function startTriggers(parts: CaptureParts): Promise<Capture> {
  const { tables, withClient, schema, log } = parts;
  const reader = new ReaderConnection(parts.makeClient, schema);
  try {
    await reader.connect();
    const installed = await reader.use((client) => installTriggers(client, tables, schema, log));
    const changes = new ChangesLog(schema);
    const onOdd = (table: string) => (column: string, error: unknown) =>
      log.warn({ err: error, table, column }, "a value that its column cannot read is shown as null");
    const layouts = new Map(
      [...installed.layouts].map(([id, table]) => [id, rowLayout(table, onOdd(table.info.name))]),
    );
    const [places, snapshot] = await reader.use(async (client) => [
      await changes.places(client, 0),
      await changes.snapshot(client),
    ]);
    const feed = new TriggerFeed({
      epoch: installed.epoch,
      layouts,
      decodeRow: decodeTexts,
      changes,
      withClient,
      places,
      log,
    });
    const capture = new TriggerCapture({ ...parts, feed, changes, reader, snapshot });
    await capture.caughtUp();
    capture.begin();
    return capture;
  } catch (error) {
    await reader.end();
    throw error;
  }
}
