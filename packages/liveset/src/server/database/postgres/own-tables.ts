import type { ClientBase } from "pg";
import { quoted } from "./sql-name.ts";

/** Makes the tables that every way of capture needs, where they are not there. */
export function installOwnTables(client: ClientBase, schema: string): Promise<void> {
  const names = ["meta", "mutations"].map((name) => `${quoted(schema)}.${name}`);
  return install(client, names, ownTables(schema));
}

function ownTables(schema: string): readonly string[] {
  const s = quoted(schema);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${s}`,
    `CREATE TABLE IF NOT EXISTS ${s}.meta (key text PRIMARY KEY, value text NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS ${s}.mutations (id text PRIMARY KEY, owner text NOT NULL, fingerprint text NOT NULL, value text, at timestamptz NOT NULL DEFAULT now())`,
    `CREATE INDEX IF NOT EXISTS mutations_at ON ${s}.mutations (at)`,
  ];
}

/**
 * Runs statements of liveset's own tables, in one transaction, unless `there` says that they are not needed.
 *
 * @throws Error that says which SQL the role may not run.
 */
export async function install(
  client: ClientBase,
  tables: readonly string[],
  statements: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT bool_and(to_regclass(name) IS NOT NULL) AS there FROM unnest($1::text[]) AS name",
    [tables],
  );
  if (rows[0]?.there === true) return;
  await runAll(client, statements);
}

/** Runs statements in one transaction, one installer at a time. */
export async function runAll(client: ClientBase, statements: readonly string[]): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('liveset install'))");
    await client.query("SET LOCAL lock_timeout = '10s'");
    for (const statement of statements) await client.query(statement);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw new Error(
      `What liveset needs could not be installed: ${error instanceof Error ? error.message : error}. Where the server's role may not do it, let another role run this once:\n\n${statements.join(";\n")};\n`,
      { cause: error },
    );
  }
}
