import type { ClientBase } from "pg";
import type { Log } from "../../../log.ts";
import type { DatabaseTable } from "../capture.ts";
import { runSteps } from "../own-tables.ts";
import { dropTriggers } from "./capture-triggers.ts";

/** Takes our triggers away from tables that have lost a declared column: with them every write to such a table would fail. */
export async function releaseTables(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  { schema, log }: { readonly schema: string; readonly log: Log },
): Promise<void> {
  for (const { oid, columns, info } of tables) {
    const names = columns.map(({ name }) => name);
    const { rows } = await client.query<{ target: string }>(
      `SELECT c.oid::regclass::text AS target FROM pg_class c WHERE c.oid::int8 = $1
         AND EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE t.tgrelid = c.oid AND n.nspname = $4)
         AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = ANY ($2) AND NOT a.attisdropped) < $3`,
      [oid, names, names.length, schema],
    );
    for (const { target } of rows) {
      await runSteps(client, [dropTriggers(target, schema)]);
      log.warn(
        { table: info.name },
        "a table that lost a declared column is not captured any more, so that it can be written",
      );
    }
  }
}
