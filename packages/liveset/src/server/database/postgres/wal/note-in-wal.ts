import type { ClientBase } from "pg";
import { messagePrefix, type WalNote } from "./wal-assembler.ts";

/** Puts a note into the transaction that is open on the client, or into one of its own: it comes in the stream with it. */
export async function noteInWal(client: ClientBase, note: WalNote): Promise<void> {
  await client.query("SELECT pg_logical_emit_message(true, $1, $2)", [messagePrefix, JSON.stringify(note)]);
}
