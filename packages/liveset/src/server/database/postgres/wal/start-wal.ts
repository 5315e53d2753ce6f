import type { ClientBase } from "pg";
import type { Capture, CaptureParts, DatabaseTable } from "../capture.ts";
import { doubtOf } from "../doubt-of.ts";
import { rowLayout } from "../triggers/row-layout.ts";
import { forgetEpoch, type InstalledWal, installWal } from "./install-wal.ts";
import { planWal } from "./plan-wal.ts";
import { WalCapture, type WalStart } from "./wal-capture.ts";
import type { SharedEpoch } from "./wal-feed.ts";

/** A slot that is ready to be read. */
export interface ReadySlot {
  readonly installed: InstalledWal;
  readonly shared: SharedEpoch | null;
  readonly unseen: readonly number[];
}

/** How a slot comes to be, and what becomes of an epoch that is lost. */
export interface SlotKind {
  /**
   * @param lost an epoch that must not go on, null where none is
   * @param caughtUp resolves when all that was committed before the call has been given
   */
  make(
    client: ClientBase,
    tables: readonly DatabaseTable[],
    lost: string | null,
    caughtUp: () => Promise<void>,
  ): Promise<ReadySlot>;
  readonly forget: () => Promise<void>;
}

/** Capture by logical replication: see `StartCapture`. One server at a time reads a slot. */
export function startWal(parts: CaptureParts): Promise<Capture> {
  const { withClient, schema, log } = parts;
  return startReading(parts, {
    make: async (client, tables, lost) => ({
      installed: await installWal(client, tables, { schema, log, lost }),
      shared: null,
      unseen: [],
    }),
    forget: () => withClient((client) => forgetEpoch(client, schema)),
  });
}

/** Makes a slot, and gives what comes in it. */
export async function startReading(parts: CaptureParts, kind: SlotKind): Promise<Capture> {
  const { withClient, readTables, schema } = parts;
  const make = async (
    client: ClientBase,
    tables: readonly DatabaseTable[],
    lost: string | null,
  ): Promise<WalStart> => {
    const ready = await kind.make(client, tables, lost, () => capture.caughtUp());
    const { epoch, floor } = ready.installed;
    return { ...ready, tables, begun: { epoch, floor, shared: ready.shared, ...readingOf(tables, parts) } };
  };
  const capture: WalCapture = new WalCapture({
    ...parts,
    start: await withClient((client) => make(client, parts.tables, null)),
    doubt: (tables) =>
      withClient((client) => doubtOf(client, parts, tables, async (now) => planWal(client, now, schema))),
    startAnew: (lost) => withClient(async (client) => make(client, await readTables(client), lost)),
    forget: kind.forget,
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

/** How the rows of the stream are read. */
function readingOf(
  tables: readonly DatabaseTable[],
  { log }: CaptureParts,
): Pick<WalStart["begun"], "layouts" | "decodeRow"> {
  const onOdd = (table: string) => (column: string, error: unknown) =>
    log.warn({ err: error, table, column }, "a value that its column cannot read is shown as null");
  const layouts = new Map(tables.map((table, i) => [i, rowLayout(table, onOdd(table.info.name))]));
  const decodeRow = (image: string) => JSON.parse(image) as readonly (string | null)[];
  return { layouts, decodeRow };
}
