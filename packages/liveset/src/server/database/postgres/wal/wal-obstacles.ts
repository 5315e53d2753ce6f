import type { ClientBase } from "pg";
import type { DatabaseTable } from "../capture.ts";
import { quoted } from "../sql-name.ts";

/** Why a role (that of the connection by default) cannot capture tables by logical replication, one sentence each; empty where it can. */
export async function walObstacles(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  role: string | null = null,
): Promise<readonly string[]> {
  const { rows } = await client.query<{ level: string; may: boolean; role: string }>(
    `SELECT current_setting('wal_level') AS level, rolreplication OR rolsuper AS may, rolname AS role FROM pg_roles WHERE rolname = coalesce($1, current_user)`,
    [role],
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
  return [...obstacles, ...(await generatedColumns(client, tables))];
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
