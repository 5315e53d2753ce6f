import type { Client } from "pg";
import type { Capture, CaptureParts, DatabaseTable } from "../capture.ts";
import { doubtOf } from "../doubt-of.ts";
import { ChangesLog } from "./changes-log.ts";
import { type Installed, installTriggers } from "./install-triggers.ts";
import { planTriggers } from "./plan-triggers.ts";
import { ReaderConnection } from "./reader-connection.ts";
import { releaseTables } from "./release-tables.ts";
import { decodeTexts, rowLayout } from "./row-layout.ts";
import { Sightings } from "./sightings.ts";
import { TriggerCapture, type TriggerStart } from "./trigger-capture.ts";
import { TriggerFeed } from "./trigger-feed.ts";

/** Capture by triggers: see `StartCapture`. One server at a time reads a log. */
export async function startTriggers(parts: CaptureParts): Promise<Capture> {
  const { schema, log, readTables } = parts;
  const changes = new ChangesLog(schema);
  const reader = new ReaderConnection(parts.makeClient, schema);
  let known = parts.tables;
  const start = async (
    client: Client,
    tables: readonly DatabaseTable[],
    lost: string | null,
  ): Promise<TriggerStart> => {
    known = tables;
    const installed = await installTriggers(client, tables, { schema, log, lost });
    await changes.releaseUnread(client);
    const places = await changes.places(client, 0);
    const { snapshot, identity } = await changes.state(client, 0);
    return { tables, begun: { ...readingOf(installed, parts), places }, snapshot, identity };
  };
  try {
    await reader.connect();
    const first = await reader.use((client) => start(client, parts.tables, null));
    const capture = new TriggerCapture({
      ...parts,
      feed: new TriggerFeed({ ...parts, changes }, first.begun),
      changes,
      sightings: new Sightings(schema, parts.bounds),
      reader,
      start: first,
      doubt: (tables) =>
        reader.use((client) =>
          doubtOf(client, parts, tables, async (now) => (await planTriggers(client, now, schema)).steps),
        ),
      startAnew: (lost) =>
        reader.use(async (client) => {
          try {
            return await start(client, await readTables(client), lost);
          } catch (error) {
            await releaseTables(client, known, parts);
            throw error;
          }
        }),
    });
    await capture.caughtUp();
    capture.begin();
    return capture;
  } catch (error) {
    await reader.end();
    throw error;
  }
}

function readingOf({ epoch, layouts: tables }: Installed, { log }: CaptureParts) {
  const onOdd = (table: string) => (column: string, error: unknown) =>
    log.warn({ err: error, table, column }, "a value that its column cannot read is shown as null");
  const layouts = new Map([...tables].map(([id, table]) => [id, rowLayout(table, onOdd(table.info.name))]));
  return { epoch, layouts, decodeRow: decodeTexts };
}
