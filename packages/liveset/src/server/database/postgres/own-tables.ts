import type { ClientBase } from "pg";
import { literal, quoted } from "./sql-name.ts";

/** Statements that are run in one transaction. */
export type InstallStep = readonly string[];

/** What makes the tables that every way of capture needs; empty where they are there. */
export async function planOwnTables(client: ClientBase, schema: string): Promise<InstallStep> {
  const there = await areThere(
    client,
    ["meta", "mutations"].map((name) => `${quoted(schema)}.${name}`),
  );
  return there ? [] : ownTables(schema);
}

function ownTables(schema: string): InstallStep {
  const s = quoted(schema);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${s}`,
    `CREATE TABLE IF NOT EXISTS ${s}.meta (key text PRIMARY KEY, value text NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS ${s}.mutations (id text PRIMARY KEY, owner text NOT NULL, fingerprint text NOT NULL, value text, at timestamptz NOT NULL DEFAULT now())`,
    `CREATE INDEX IF NOT EXISTS mutations_at ON ${s}.mutations (at)`,
  ];
}

/** Whether all of some tables are there; their names are quoted. */
export async function areThere(client: ClientBase, names: readonly string[]): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    "SELECT bool_and(to_regclass(name) IS NOT NULL) AS there FROM unnest($1::text[]) AS name",
    [names],
  );
  return rows[0]?.there === true;
}

/** The statement that sets a value in \`meta\`. */
export function metaStatement(schema: string, key: string, value: string): string {
  return `INSERT INTO ${quoted(schema)}.meta (key, value) VALUES (${literal(key)}, ${literal(value)}) ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
}

/**
 * Runs steps, each in a transaction of its own, one installer at a time. Empty ones are left out.
 *
 * @throws Error that says which SQL the role may not run: that of the step and of all after it.
 */
export async function runSteps(client: ClientBase, steps: readonly InstallStep[]): Promise<void> {
  for (const [i, step] of steps.entries()) {
    if (step.length === 0) continue;
    await client.query("BEGIN");
    try {
      await client.query("SELECT pg_advisory_xact_lock(hashtext('liveset install'))");
      await client.query("SET LOCAL lock_timeout = '10s'");
      for (const statement of step) await client.query(statement);
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw new Error(
        `What liveset needs could not be installed: ${error instanceof Error ? error.message : error}. Where the server's role may not do it, let another role run "npx liveset capture --install", or this, once:\n\n${steps.slice(i).flat().join(";\n")};\n`,
        { cause: error },
      );
    }
  }
}

/**
 * Runs the steps that a plan has. Of several servers that start at the same time one does it, and the others find it done.
 *
 * @returns whether there was something to do
 */
export async function installMissing(
  client: ClientBase,
  plan: () => Promise<readonly InstallStep[]>,
): Promise<boolean> {
  if ((await plan()).length === 0) return false;
  await client.query("SELECT pg_advisory_lock(hashtext('liveset install'))");
  try {
    await runSteps(client, await plan());
  } finally {
    await client.query("SELECT pg_advisory_unlock(hashtext('liveset install'))").catch(() => {});
  }
  return true;
}
