import { randomBytes } from "node:crypto";
import type { Client, ClientBase } from "pg";
import type { Log } from "../../../log.ts";
import type { DatabaseTable } from "../capture.ts";
import { installMissing } from "../own-tables.ts";
import { literal, quoted } from "../sql-name.ts";
import { planWal } from "./plan-wal.ts";
import { slotName } from "./slot-name.ts";
import { walObstacles } from "./wal-obstacles.ts";

/** What the stream is read with. */
export interface InstalledWal {
  readonly epoch: string;
  readonly publication: string;
  readonly slot: string;
  /** Where the slot stands, in bytes of WAL. */
  readonly floor: number;
  /** Tells this cluster, its timeline and this database from others. */
  readonly identity: string;
  /** The connection that a temporary slot lives and dies with; null where the slot stays. */
  readonly connection: Client | null;
}

/** The timeline is another one after a failover; it is in the name of the file that is written now. A standby has no such file. */
const identitySql = `SELECT (SELECT system_identifier FROM pg_control_system()) || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' ' || oid AS identity
  FROM pg_database WHERE datname = current_database()`;

/** How it is installed. `lost` is an epoch that must not go on, null where none is. */
export interface WalInstalling {
  readonly schema: string;
  readonly log: Log;
  readonly lost: string | null;
}

/**
 * Makes what logical replication needs: full replica identity, a publication, a slot, and a trigger for TRUNCATE, which has no old rows
 * in the stream. What is there is left as it is. Where changes may have been missed, the slot is made anew, under a new epoch.
 *
 * @throws Error that says what the server lacks, or which SQL the role may not run.
 */
export async function installWal(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  { schema, log, lost }: WalInstalling,
): Promise<InstalledWal> {
  const { publication, identity, isNew } = await preparePublication(client, tables, { schema, log });
  const slot = await slotName(client, schema);
  const wanted = { wal_identity: identity, wal_layout: layoutText(tables) };
  const meta = await metaOf(client, schema);
  const isAsBefore = Object.entries(wanted).every(([key, value]) => meta.get(key) === value);
  const known = meta.get("wal_epoch");
  const there = await slotPlace(client, slot);
  const isWhole = isAsBefore && !isNew && there !== null;
  if (known !== undefined && known !== lost && isWhole)
    return { epoch: known, publication, slot, floor: there, identity, connection: null };
  const epoch = randomBytes(4).toString("hex");
  await setMeta(client, schema, { ...wanted, wal_epoch: "" });
  const floor = await makeSlot(client, slot);
  await setMeta(client, schema, { wal_epoch: epoch });
  if (meta.size === 0) log.info({ slot, epoch }, "the log of changes begins at the slot");
  else
    log.warn(
      { slot, epoch },
      "the log of changes begins anew at the slot: lists of clients that come back are reset",
    );
  return { epoch, publication, slot, floor, identity, connection: null };
}

/**
 * Makes all of it but the slot, and says whether something was missing.
 *
 * @param ownSlot whether a slot has to be free for this server alone
 * @throws Error that says what the server lacks, or which SQL the role may not run.
 */
export async function preparePublication(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  { schema, log, ownSlot = false }: Pick<WalInstalling, "schema" | "log"> & { readonly ownSlot?: boolean },
): Promise<{ readonly publication: string; readonly identity: string; readonly isNew: boolean }> {
  const obstacles = await walObstacles(client, tables, { ownSlot });
  if (obstacles.length > 0)
    throw new Error(`Capture by logical replication is not possible: ${obstacles.join(" ")}`);
  const publication = schema;
  const isNew = await installMissing(client, () => planWal(client, tables, schema));
  if (isNew) log.info({ publication }, "capture by logical replication installed");
  return { publication, identity: await identityOf(client), isNew };
}

/** Makes the next start begin a new epoch. */
export function forgetEpoch(client: ClientBase, schema: string): Promise<void> {
  return setMeta(client, schema, { wal_epoch: "" });
}

/** Tells this cluster, its timeline and this database from others. */
export async function identityOf(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ identity: string }>(identitySql);
  return rows[0]?.identity ?? "";
}

/** Where a slot stands, in bytes of WAL; null where it is not there, or has lost its WAL. */
export async function slotPlace(client: ClientBase, slot: string): Promise<number | null> {
  const { rows } = await client.query<{ place: string }>(
    `SELECT (confirmed_flush_lsn - '0/0')::text AS place FROM pg_replication_slots
     WHERE slot_name = $1 AND database = current_database() AND plugin = 'pgoutput' AND wal_status <> 'lost' AND confirmed_flush_lsn IS NOT NULL`,
    [slot],
  );
  return rows[0] === undefined ? null : Number(rows[0].place);
}

/** What the stream's rows mean: another text makes the log begin anew. */
export function layoutText(tables: readonly DatabaseTable[]): string {
  const parts = tables.map(({ info, oid, columns }) => ({
    oid,
    name: info.name,
    key: info.key,
    columns: [...info.columns.values()].map(({ name, drizzle }, i) => [
      name,
      drizzle.columnType,
      columns[i]?.name,
      columns[i]?.typeName,
    ]),
  }));
  return JSON.stringify(parts.sort((a, b) => a.oid - b.oid));
}

async function makeSlot(client: ClientBase, slot: string): Promise<number> {
  await client.query(
    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1",
    [slot],
  );
  await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [slot]);
  const place = await slotPlace(client, slot);
  if (place === null) throw new Error(`The replication slot ${literal(slot)} was made and is gone.`);
  return place;
}

async function metaOf(client: ClientBase, schema: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ key: string; value: string }>(
    `SELECT key, value FROM ${quoted(schema)}.meta WHERE key LIKE 'wal%' AND value <> ''`,
  );
  return new Map(rows.map(({ key, value }) => [key, value]));
}

async function setMeta(
  client: ClientBase,
  schema: string,
  meta: Readonly<Record<string, string>>,
): Promise<void> {
  await client.query(
    `INSERT INTO ${quoted(schema)}.meta (key, value) SELECT * FROM jsonb_each_text($1::jsonb) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [JSON.stringify(meta)],
  );
}
