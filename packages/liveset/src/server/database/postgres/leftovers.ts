import type { ClientBase } from "pg";
import type { Log } from "../../log.ts";
import { slotName } from "./wal/slot-name.ts";

/** Says what another way of capture has left behind, which grows as long as nobody reads it. */
export async function warnOfLeftovers(
  client: ClientBase,
  capture: "wal" | "triggers",
  schema: string,
  log: Log,
): Promise<void> {
  const hint = "Remove it with: npx liveset capture --drop <url>, while no server runs";
  if (capture === "triggers") {
    const slot = await slotName(client, schema);
    const { rowCount } = await client.query("SELECT FROM pg_replication_slots WHERE slot_name = $1", [slot]);
    if (rowCount !== 0)
      log.warn({ slot, hint }, "a replication slot is left that keeps WAL and is not read any more");
    return;
  }
  const { rows } = await client.query<{ table: string }>(
    `SELECT DISTINCT t.tgrelid::regclass::text AS table FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND p.proname LIKE 'capture\\_%' AND NOT t.tgisinternal`,
    [schema],
  );
  if (rows.length > 0)
    log.warn(
      { tables: rows.map(({ table }) => table), hint },
      "triggers are left that write a log which is not read any more",
    );
}
