import type { ClientBase } from "pg";
import type { Log } from "../../log.ts";
import { slotName } from "./wal/slot-name.ts";

const hint = "Remove it with: npx liveset capture --drop <url>, while no server runs";

/** Says what ways of capture that are not in use have left behind, which grows as long as nobody reads it. */
export async function warnOfLeftovers(
  client: ClientBase,
  unused: readonly ("wal" | "triggers")[],
  schema: string,
  log: Log,
): Promise<void> {
  if (unused.includes("wal")) {
    const slot = await slotName(client, schema);
    const { rowCount } = await client.query("SELECT FROM pg_replication_slots WHERE slot_name = $1", [slot]);
    if (rowCount !== 0)
      log.warn({ slot, hint }, "a replication slot is left that keeps WAL and is not read any more");
  }
  if (!unused.includes("triggers")) return;
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
