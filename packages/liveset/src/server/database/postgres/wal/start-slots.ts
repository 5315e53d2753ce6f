import { createHash, randomBytes } from "node:crypto";
import type { Client, ClientBase } from "pg";
import type { Capture, CaptureParts, DatabaseTable } from "../capture.ts";
import { setSession } from "../connections.ts";
import { quoted } from "../sql-name.ts";
import { layoutText, preparePublication } from "./install-wal.ts";
import { slotName } from "./slot-name.ts";
import { startReading } from "./start-wal.ts";
import { notYetVisible } from "./wal-snapshot.ts";

/**
 * Capture by a temporary slot of this server's own, beside others: what `cluster: "slots"` means. A cursor is a place in the WAL, and so
 * means the same on every server that declares the same tables.
 *
 *     node A   ├─slot──────────────c────────►        c was told by A
 *     node B        ├─slot─────────c────────►        B began before c: a client resumes there
 *     node C                          ├─slot─►       C began after c, and has not what lies between: the client's lists are sent anew
 *
 * The slot ends with its connection. Then another is made, and what was committed between the two is not known: this server's lists
 * begin anew. Nothing is left in the database that would keep WAL for a server that is gone.
 *
 * @throws Error that says what the server lacks, or which SQL the role may not run.
 */
export function startSlots(parts: CaptureParts): Promise<Capture> {
  const { makeClient, schema, log } = parts;
  return startReading(parts, {
    make: async (client, tables, _lost, caughtUp) => {
      const { publication, identity } = await preparePublication(client, tables, {
        schema,
        log,
        ownSlot: true,
      });
      const epoch = await sharedEpoch(client, identity, tables);
      const slot = `${await slotName(client, schema)}_${randomBytes(4).toString("hex")}`;
      const { connection, floor, unseen } = await makeSlot(makeClient({ replication: "database" }), slot);
      log.info({ slot, epoch }, "this server reads the changes by a slot of its own");
      return {
        installed: { epoch, publication, slot, floor, identity, connection },
        shared: { run: randomBytes(4).toString("hex"), caughtUp },
        unseen,
      };
    },
    forget: async () => {},
  });
}

/**
 * The same on all servers that read the same tables from one run of PostgreSQL. After a restart, which no temporary slot outlives, or a
 * failover, cursors are of another epoch, since the WAL may have been set back to a backup.
 */
async function sharedEpoch(
  client: ClientBase,
  identity: string,
  tables: readonly DatabaseTable[],
): Promise<string> {
  const { rows } = await client.query<{ started: string }>(
    "SELECT extract(epoch FROM pg_postmaster_start_time())::text AS started",
  );
  return createHash("sha256")
    .update(JSON.stringify([identity, rows[0]?.started, layoutText(tables)]))
    .digest("hex")
    .slice(0, 8);
}

interface MadeSlot {
  readonly connection: Client;
  readonly floor: number;
  readonly unseen: readonly number[];
}

/** PostgreSQL waits meanwhile for transactions that have written and are still open. */
async function makeSlot(connection: Client, slot: string): Promise<MadeSlot> {
  // Whoever uses it next hears of its end.
  connection.on("error", () => {});
  try {
    await connection.connect();
    await setSession(connection);
    await connection.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const made = await connection.query<{ consistent_point: string }>(
      `CREATE_REPLICATION_SLOT ${quoted(slot)} TEMPORARY LOGICAL pgoutput USE_SNAPSHOT`,
    );
    const fromWal = await snapshotOf(connection);
    await connection.query("COMMIT");
    const unseen = notYetVisible(fromWal, await snapshotOf(connection));
    return { connection, floor: bytesOf(made.rows[0]?.consistent_point ?? ""), unseen };
  } catch (error) {
    await connection.end().catch(() => {});
    throw error;
  }
}

async function snapshotOf(connection: Client): Promise<string> {
  const { rows } = await connection.query<{ snapshot: string }>(
    "SELECT pg_current_snapshot()::text AS snapshot",
  );
  return rows[0]?.snapshot ?? "";
}

/** A place in the WAL as PostgreSQL writes it, such as `16/B374D848`, in bytes. */
function bytesOf(lsn: string): number {
  const [high = "", low = ""] = lsn.split("/");
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
}
