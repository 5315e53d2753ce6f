import type { Client } from "pg";
import { describe, expect, test, vi } from "vitest";
import { type DatabaseHarness, describeDatabase } from "../../../testing/database-suite.ts";
import { makeDatabase } from "./make-database.fixture.ts";
import { postgres } from "./postgres.ts";
import { suiteSql, suiteTables } from "./suite-tables.fixture.ts";

const makeHarness = (capture: "triggers" | "wal") => async (): Promise<DatabaseHarness> => {
  const { url, client, remove } = await makeDatabase(suiteSql);
  return {
    tables: suiteTables,
    connect: () => postgres(url, { capture }),
    outside: async (statements) => {
      await client.query(["BEGIN", ...statements, "COMMIT"].join(";"));
    },
    loseLog: () => (capture === "wal" ? dropSlots(client) : truncateLog(client)),
    remove,
  };
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

async function truncateLog(client: Client): Promise<void> {
  await client.query("TRUNCATE liveset.changes");
}

describeDatabase("PostgreSQL, triggers", makeHarness("triggers"), { describe, test });
describeDatabase("PostgreSQL, wal", makeHarness("wal"), { describe, test });
