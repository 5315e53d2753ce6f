import type { ClientBase } from "pg";
import type { DatabaseTable } from "../capture.ts";
import { type InstallStep, planOwnTables } from "../own-tables.ts";
import { quoted } from "../sql-name.ts";
import {
  createTruncateFunction,
  createTruncateTrigger,
  truncateBody,
  truncateFunction,
  truncateTrigger,
} from "./truncate-capture.ts";

/** Says what capture by logical replication lacks, apart from its slot: full replica identity, a publication, triggers for TRUNCATE. */
export async function planWal(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  schema: string,
): Promise<readonly InstallStep[]> {
  const steps = [
    await planOwnTables(client, schema),
    await missingIdentities(client, tables),
    await missingPublication(client, tables, schema),
    await missingTriggers(client, tables, schema),
  ];
  return steps.filter((step) => step.length > 0);
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
  // One is enough for all streams of the database, whichever server made it.
  const { rows } = await client.query<{ oid: number }>(
    `SELECT t.tgrelid::int8::float8 AS oid FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE t.tgname = $1 AND t.tgenabled = 'A' AND p.proname = $2 AND p.prosrc = $3`,
    [truncateTrigger, truncateFunction, truncateBody],
  );
  const bare = tables.filter(({ oid }) => !rows.some((row) => row.oid === oid));
  if (bare.length === 0) return [];
  const own = await client.query(
    "SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND p.proname = $2 AND p.prosrc = $3",
    [schema, truncateFunction, truncateBody],
  );
  const missing = own.rowCount === 0 ? createTruncateFunction(schema) : [];
  return [...missing, ...bare.flatMap((table) => createTruncateTrigger(table, schema))];
}
