import { randomBytes } from "node:crypto";
import type { ClientBase } from "pg";
import type { Log } from "../../../log.ts";
import type { DatabaseTable } from "../capture.ts";
import { identitySql } from "../identity.ts";
import { runSteps } from "../own-tables.ts";
import { quoted } from "../sql-name.ts";
import { captureVersion } from "./log-tables.ts";
import { planTriggers } from "./plan-triggers.ts";

/** What a server reads the log with. */
export interface Installed {
  readonly epoch: string;
  /** The tables by the number of their layout. */
  readonly layouts: ReadonlyMap<number, DatabaseTable>;
}

/** How triggers are installed. `lost` is an epoch that must not go on, null where none is. */
export interface TriggerInstalling {
  readonly schema: string;
  readonly log: Log;
  readonly lost: string | null;
}

/**
 * Installs or upgrades triggers, and checks them. Nothing is written where all is as it should be. Where a table's triggers were
 * missing, altered, or of another layout, or the database is another one than the log describes, changes may have been missed: the
 * log begins anew, under a new epoch.
 *
 * @throws Error with the SQL that the role may not run.
 */
export async function installTriggers(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  { schema, log, lost }: TriggerInstalling,
): Promise<Installed> {
  const plan = await planTriggers(client, tables, schema);
  const isWhole = plan.steps.length === 0;
  if (!isWhole) {
    await runSteps(client, plan.steps);
    log.info({ schema }, "capture by triggers installed or renewed");
  }
  return { epoch: await epochOf(client, quoted(schema), lost, isWhole), layouts: plan.layouts };
}

async function metaOf(client: ClientBase, s: string, key: string): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>(`SELECT value FROM ${s}.meta WHERE key = $1`, [key]);
  return rows[0]?.value ?? null;
}

async function epochOf(
  client: ClientBase,
  s: string,
  lost: string | null,
  wasWhole: boolean,
): Promise<string> {
  const { rows } = await client.query<{ value: string }>(`SELECT ${identitySql} AS value`);
  const here = rows[0]?.value ?? "";
  const [known, knownHere] = [await metaOf(client, s, "epoch"), await metaOf(client, s, "identity")];
  const { rowCount } = await client.query(`SELECT FROM ${s}.log LIMIT 1`);
  const isWhole = wasWhole && knownHere === here && rowCount === 1;
  if (isWhole && known !== null && known !== "" && known !== lost) return known;
  return beginEpoch(client, s, here);
}

/** Forgets the log and begins a new epoch at what is committed now. */
async function beginEpoch(client: ClientBase, s: string, here: string): Promise<string> {
  const epoch = randomBytes(4).toString("hex");
  const meta = { version: captureVersion, epoch, identity: here };
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  try {
    await client.query(
      `WITH last AS (SELECT coalesce(max(position), 0) AS position FROM ${s}.log), gone AS (DELETE FROM ${s}.log)
       INSERT INTO ${s}.log (position, rows, at) SELECT position + 1, 1, $1 FROM last`,
      [Date.now()],
    );
    await client.query(`DELETE FROM ${s}.changes`);
    await client.query(
      `INSERT INTO ${s}.meta (key, value) SELECT * FROM jsonb_each_text($1::jsonb) UNION ALL SELECT 'snapshot', pg_current_snapshot()::text
       ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      [JSON.stringify(meta)],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
  return epoch;
}
