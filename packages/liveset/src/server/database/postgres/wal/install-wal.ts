import { randomBytes } from "node:crypto";
import type { ClientBase } from "pg";
import type { Log } from "../../../log.ts";
import type { DatabaseTable } from "../capture.ts";
import { installOwnTables, runAll } from "../own-tables.ts";
import { literal, quoted } from "../sql-name.ts";
import { truncateCapture } from "./truncate-capture.ts";

/** What the stream is read with. */
export interface InstalledWal {
  readonly epoch: string;
  readonly publication: string;
  readonly slot: string;
  /** Where the slot stands, in bytes of WAL. */
  readonly floor: number;
  /** Tells this cluster, its timeline and this database from others. */
  readonly identity: string;
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
  await check(client, tables);
  await installOwnTables(client, schema);
  const publication = schema;
  const missing = [
    ...(await missingIdentities(client, tables)),
    ...(await missingPublication(client, tables, publication)),
    ...(await missingTriggers(client, tables, schema)),
  ];
  if (missing.length > 0) {
    await runAll(client, missing);
    log.info({ publication }, "capture by logical replication installed");
  }
  const slot = await slotName(client, schema);
  const identity = await identityOf(client);
  const wanted = { wal_identity: identity, wal_layout: layoutText(tables) };
  const meta = await metaOf(client, schema);
  const isAsBefore = Object.entries(wanted).every(([key, value]) => meta.get(key) === value);
  const known = meta.get("wal_epoch");
  const there = await slotPlace(client, slot);
  const isWhole = isAsBefore && missing.length === 0 && there !== null;
  if (known !== undefined && known !== lost && isWhole)
    return { epoch: known, publication, slot, floor: there, identity };
  const epoch = randomBytes(4).toString("hex");
  await setMeta(client, schema, { ...wanted, wal_epoch: "" });
  const floor = await makeSlot(client, slot);
  await setMeta(client, schema, { wal_epoch: epoch });
  log.warn(
    { slot, epoch },
    "the log of changes begins anew at the slot: lists of clients that come back are reset",
  );
  return { epoch, publication, slot, floor, identity };
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

async function check(client: ClientBase, tables: readonly DatabaseTable[]): Promise<void> {
  const { rows } = await client.query<{ level: string; may: boolean; role: string }>(
    `SELECT current_setting('wal_level') AS level, rolreplication OR rolsuper AS may, rolname AS role FROM pg_roles WHERE rolname = current_user`,
  );
  const [server] = rows;
  if (server?.level !== "logical")
    throw new Error(
      `Capture by logical replication needs the setting wal_level = logical, which is ${server?.level}: change it in postgresql.conf and restart PostgreSQL, or use capture "triggers".`,
    );
  if (!server.may)
    throw new Error(
      `Capture by logical replication needs the right to replicate. Let a superuser run: ALTER ROLE ${quoted(server.role)} REPLICATION;`,
    );
  const generated = await client.query<{ oid: number; name: string }>(
    "SELECT attrelid::int8::float8 AS oid, attname AS name FROM pg_attribute WHERE attrelid::int8 = ANY ($1) AND attgenerated <> '' AND NOT attisdropped",
    [tables.map(({ oid }) => oid)],
  );
  for (const table of tables)
    for (const { name } of table.columns)
      if (generated.rows.some((row) => row.oid === table.oid && row.name === name))
        throw new Error(
          `The column "${name}" of the table "${table.info.name}" is generated, and logical replication leaves such columns out: use capture "triggers".`,
        );
}

/** A partitioned table's changes are those of its partitions, whose identity counts. */
async function missingIdentities(client: ClientBase, tables: readonly DatabaseTable[]): Promise<string[]> {
  const { rows } = await client.query<{ target: string }>(
    `SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS target FROM unnest($1::int8[]) AS t(oid)
     JOIN LATERAL (SELECT relid FROM pg_partition_tree(t.oid::oid::regclass) UNION SELECT t.oid::oid) p ON true
     JOIN pg_class c ON c.oid = p.relid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relreplident <> 'f'`,
    [tables.map(({ oid }) => oid)],
  );
  return rows.map(({ target }) => `ALTER TABLE ${target} REPLICA IDENTITY FULL`);
}

async function missingPublication(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  publication: string,
): Promise<string[]> {
  const names = (some: readonly DatabaseTable[]) =>
    some.map(({ schema, name }) => `${quoted(schema)}.${quoted(name)}`).join(", ");
  const known = await client.query("SELECT FROM pg_publication WHERE pubname = $1", [publication]);
  if (known.rowCount === 0)
    return [
      `CREATE PUBLICATION ${quoted(publication)} FOR TABLE ${names(tables)} WITH (publish = 'insert, update, delete', publish_via_partition_root = true)`,
    ];
  const { rows } = await client.query<{ schema: string; name: string }>(
    "SELECT schemaname AS schema, tablename AS name FROM pg_publication_tables WHERE pubname = $1",
    [publication],
  );
  const absent = tables.filter(
    ({ schema, name }) => !rows.some((row) => row.schema === schema && row.name === name),
  );
  return absent.length === 0 ? [] : [`ALTER PUBLICATION ${quoted(publication)} ADD TABLE ${names(absent)}`];
}

async function missingTriggers(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  schema: string,
): Promise<string[]> {
  const { rows } = await client.query<{ name: string; body: string }>(
    `SELECT p.proname AS name, p.prosrc AS body FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND t.tgenabled = 'A'`,
    [schema],
  );
  return tables
    .map((table) => truncateCapture(table, schema))
    .filter(({ name, body }) => !rows.some((row) => row.name === name && row.body === body))
    .flatMap(({ create }) => create);
}

/** What the stream's rows mean: another text makes the log begin anew. */
function layoutText(tables: readonly DatabaseTable[]): string {
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

/** Names of slots are those of the whole cluster, and of small letters, digits and underlines. */
async function slotName(client: ClientBase, schema: string): Promise<string> {
  const { rows } = await client.query<{ oid: string }>(
    "SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()",
  );
  return `${schema
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
    .slice(0, 50)}_${rows[0]?.oid}`;
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
