import type { ClientBase } from "pg";
import { quoted } from "../sql-name.ts";

/** Puts a mutation's id into the transaction that is open on the client: it is released with it. */
export async function noteInLog(client: ClientBase, schema: string, id: string): Promise<void> {
  await client.query(`INSERT INTO ${quoted(schema)}.changes (layout, op, after) VALUES (0, 'm', ARRAY[$1])`, [
    id,
  ]);
}
