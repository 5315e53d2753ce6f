import type { Client } from "pg";
import { expect, vi } from "vitest";

/** Takes away what a way of capture reads, so that changes are missing. */
export const loseLog: Readonly<Record<"triggers" | "wal" | "slots", (client: Client) => Promise<void>>> = {
  triggers: truncateLog,
  wal: dropSlots,
  slots: endSlots,
};

/** Drops the database's replication slots, also those that a server reads. */
async function dropSlots(client: Client): Promise<void> {
  const slots = "FROM pg_replication_slots WHERE database = current_database()";
  await vi.waitFor(async () => {
    await client.query(`SELECT pg_terminate_backend(active_pid) ${slots} AND active`);
    await client.query(`SELECT pg_drop_replication_slot(slot_name) ${slots}`);
    expect((await client.query(`SELECT ${slots}`)).rowCount).toBe(0);
  });
}

/** Cuts the connections off that slots are read by: temporary ones end with them. */
async function endSlots(client: Client): Promise<void> {
  const slots = "FROM pg_replication_slots WHERE database = current_database() AND active";
  const { rows } = await client.query<{ pid: number }>(`SELECT active_pid AS pid ${slots}`);
  const pids = rows.map(({ pid }) => pid);
  await client.query("SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid", [pids]);
  await vi.waitFor(async () => {
    const { rowCount } = await client.query(`SELECT ${slots} AND active_pid = ANY ($1)`, [pids]);
    expect(rowCount).toBe(0);
  });
}

async function truncateLog(client: Client): Promise<void> {
  await client.query("TRUNCATE liveset.changes");
}
