import { randomBytes } from "node:crypto";
import type { ClientBase } from "pg";
import type { Log } from "../../../log.ts";
import type { DatabaseTable } from "../capture.ts";
import { identitySql } from "../identity.ts";
import { install, installOwnTables, runAll } from "../own-tables.ts";
import { quoted } from "../sql-name.ts";
import { type TableCapture, tableCapture } from "./capture-triggers.ts";
import { captureVersion, dropLogTables, logTableNames, logTables } from "./log-tables.ts";

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
  const s = quoted(schema);
  await installOwnTables(client, schema);
  let broken = (await metaOf(client, s, "version")) !== captureVersion;
  if (broken) await runAll(client, [...dropLogTables(schema), ...logTables(schema)]);
  else await install(client, logTableNames(schema), logTables(schema));
  const layouts = new Map<number, DatabaseTable>();
  for (const table of tables) {
    const { id, former } = await layoutOf(client, s, table);
    layouts.set(id, table);
    const wanted = tableCapture(table, id, schema);
    if (await isInstalled(client, schema, table, wanted)) continue;
    const outdated =
      former === null || former === id ? [] : [`DROP FUNCTION IF EXISTS ${s}.capture_${former}()`];
    await runAll(client, [...wanted.create, ...outdated]);
    log.info({ table: table.info.name }, former === null ? "capture installed" : "capture renewed");
    broken = true;
  }
  return { epoch: await epochOf(client, s, broken, lost), layouts };
}

async function metaOf(client: ClientBase, s: string, key: string): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>(`SELECT value FROM ${s}.meta WHERE key = $1`, [key]);
  return rows[0]?.value ?? null;
}

/** What the log's rows of a table mean, as text: another text makes the log begin anew. */
function layoutText({ schema, name, info, columns }: DatabaseTable): string {
  const types = columns.map((column, i) => {
    const declared = [...info.columns.values()][i];
    return [declared?.name, column.name, column.typeName, declared?.drizzle.columnType];
  });
  return JSON.stringify({ schema, name, columns: types, key: info.key });
}

async function layoutOf(
  client: ClientBase,
  s: string,
  table: DatabaseTable,
): Promise<{ id: number; former: number | null }> {
  const text = layoutText(table);
  const { rows } = await client.query<{ id: number; columns: string }>(
    `SELECT id, columns FROM ${s}.layouts WHERE name = $1`,
    [table.info.name],
  );
  const [known] = rows;
  if (known?.columns === text) return { id: known.id, former: known.id };
  // A new number, so that rows of the old layout are not misread.
  await client.query(`DELETE FROM ${s}.layouts WHERE name = $1`, [table.info.name]);
  const made = await client.query<{ id: number }>(
    `INSERT INTO ${s}.layouts (name, columns) VALUES ($1, $2) RETURNING id`,
    [table.info.name, text],
  );
  return { id: made.rows[0]?.id ?? 0, former: known?.id ?? null };
}

async function isInstalled(
  client: ClientBase,
  schema: string,
  table: DatabaseTable,
  { name, body, triggers }: TableCapture,
): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT count(*) = $4 AS there FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE t.tgrelid = $1 AND t.tgname = ANY ($2) AND t.tgenabled = 'A' AND n.nspname = $3 AND p.proname = $5 AND p.prosrc = $6`,
    [table.oid, triggers, schema, triggers.length, name, body],
  );
  return rows[0]?.there === true;
}

async function epochOf(client: ClientBase, s: string, broken: boolean, lost: string | null): Promise<string> {
  const { rows } = await client.query<{ value: string }>(`SELECT ${identitySql} AS value`);
  const here = rows[0]?.value ?? "";
  const [known, knownHere] = [await metaOf(client, s, "epoch"), await metaOf(client, s, "identity")];
  const { rowCount } = await client.query(`SELECT FROM ${s}.log LIMIT 1`);
  const isWhole = !broken && knownHere === here && rowCount === 1;
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
