import type { ClientBase } from "pg";
import type { DatabaseTable } from "../capture.ts";
import { quoted } from "../sql-name.ts";

/** Roles by which managed databases let others replicate. */
const managed: readonly string[] = ["rds_replication", "rds_superuser"];

/** Whose capture it is to be. */
export interface WalUse {
  /** Default: that of the connection. */
  readonly role?: string | null;
  /** Whether the server needs a slot of its own, beside those that are there. Default: one for all. */
  readonly ownSlot?: boolean;
}

/** Why a role cannot capture tables by logical replication, one sentence each; empty where it can. */
export async function walObstacles(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  { role = null, ownSlot = false }: WalUse = {},
): Promise<readonly string[]> {
  const { rows } = await client.query<{ level: string; may: boolean; role: string }>(
    `SELECT current_setting('wal_level') AS level, rolname AS role,
       rolreplication OR rolsuper OR EXISTS (SELECT FROM pg_roles given WHERE given.rolname = ANY ($2) AND pg_has_role(own.oid, given.oid, 'MEMBER')) AS may
     FROM pg_roles own WHERE rolname = coalesce($1, current_user)`,
    [role, managed],
  );
  if (role !== null && rows.length === 0) throw new Error(`There is no role "${role}".`);
  const [server] = rows;
  const obstacles: string[] = [];
  if (server?.level !== "logical")
    obstacles.push(
      `The setting wal_level is ${server?.level} and has to be logical: change it in postgresql.conf and restart PostgreSQL, or use capture "triggers".`,
    );
  if (server?.may !== true)
    obstacles.push(
      `The role "${server?.role}" may not replicate. Let a superuser run: ALTER ROLE ${quoted(server?.role ?? "")} REPLICATION;`,
    );
  return [...obstacles, ...(await missingSlot(client, ownSlot)), ...(await generatedColumns(client, tables))];
}

/** Where a slot of this database is there already, it mostly is ours. */
async function missingSlot(client: ClientBase, ownSlot: boolean): Promise<string[]> {
  const { rows } = await client.query<{ most: number; used: number; own: boolean }>(
    `SELECT current_setting('max_replication_slots')::integer AS most, count(*)::integer AS used,
       coalesce(bool_or(database = current_database() AND plugin = 'pgoutput'), false) AS own FROM pg_replication_slots`,
  );
  const { most = 0, used = 0, own = false } = rows[0] ?? {};
  return (own && !ownSlot) || used < most ? [] : [`All ${most} of max_replication_slots are taken.`];
}

async function generatedColumns(client: ClientBase, tables: readonly DatabaseTable[]): Promise<string[]> {
  const { rows } = await client.query<{ oid: number; name: string }>(
    "SELECT attrelid::int8::float8 AS oid, attname AS name FROM pg_attribute WHERE attrelid::int8 = ANY ($1) AND attgenerated <> '' AND NOT attisdropped",
    [tables.map(({ oid }) => oid)],
  );
  return tables.flatMap(({ oid, info, columns }) =>
    columns
      .filter(({ name }) => rows.some((row) => row.oid === oid && row.name === name))
      .map(
        ({ name }) =>
          `The column "${name}" of the table "${info.name}" is generated, and logical replication leaves such columns out: use capture "triggers".`,
      ),
  );
}
