import type { ClientBase } from "pg";
import type { DatabaseTable } from "../capture.ts";
import { areThere, type InstallStep, metaStatement, planOwnTables } from "../own-tables.ts";
import { literal, quoted } from "../sql-name.ts";
import { type TableCapture, tableCapture } from "./capture-triggers.ts";
import { captureVersion, dropLogTables, logTableNames, logTables } from "./log-tables.ts";

/** What capture by triggers lacks, and the tables by the number of their layout, as they are afterwards. */
export interface TriggerPlan {
  readonly steps: readonly InstallStep[];
  readonly layouts: ReadonlyMap<number, DatabaseTable>;
}

interface KnownLayout {
  readonly id: number;
  readonly name: string;
  readonly columns: string;
}

/** Says what is to be done so that the triggers of tables are as they should be. Nothing is written. */
export async function planTriggers(
  client: ClientBase,
  tables: readonly DatabaseTable[],
  schema: string,
): Promise<TriggerPlan> {
  const own = await planOwnTables(client, schema);
  const isCurrent = own.length === 0 && (await hasVersion(client, schema));
  const hasTables = isCurrent && (await areThere(client, logTableNames(schema)));
  const log = hasTables
    ? []
    : [
        ...(isCurrent ? [] : dropLogTables(schema)),
        ...logTables(schema),
        metaStatement(schema, "version", captureVersion),
      ];
  const known = hasTables ? await knownLayouts(client, schema) : [];
  const steps: InstallStep[] = [[...own, ...log]];
  const layouts = new Map<number, DatabaseTable>();
  let last = Math.max(0, ...known.map(({ id }) => id));
  for (const table of tables) {
    const text = layoutText(table);
    const former = known.find(({ name }) => name === table.info.name);
    const isKnown = former?.columns === text;
    // A new number, so that rows of the old layout are not misread.
    const id = isKnown ? former.id : ++last;
    layouts.set(id, table);
    const wanted = tableCapture(table, id, schema);
    const isInstalled = isKnown && (await hasTriggers(client, schema, table, wanted));
    if (!isInstalled)
      steps.push([...(isKnown ? [] : noteLayout(schema, id, table, former)), ...wanted.create]);
  }
  return { steps: steps.filter((step) => step.length > 0), layouts };
}

/** A layout that is over keeps its number, under a name that no table has: numbers are not used twice. */
function noteLayout(
  schema: string,
  id: number,
  table: DatabaseTable,
  former: KnownLayout | undefined,
): InstallStep {
  const layouts = `${quoted(schema)}.layouts`;
  const over =
    former === undefined
      ? []
      : [
          `UPDATE ${layouts} SET name = name || ' until ${id}' WHERE id = ${former.id}`,
          `DROP FUNCTION IF EXISTS ${quoted(schema)}.capture_${former.id}() CASCADE`,
        ];
  const values = [String(id), literal(table.info.name), literal(layoutText(table))].join(", ");
  return [...over, `INSERT INTO ${layouts} (id, name, columns) VALUES (${values})`];
}

/** What the log's rows of a table mean, as text: another text makes the log begin anew. */
function layoutText({ schema, name, info, columns }: DatabaseTable): string {
  const types = columns.map((column, i) => {
    const declared = [...info.columns.values()][i];
    return [declared?.name, column.name, column.typeName, declared?.drizzle.columnType];
  });
  return JSON.stringify({ schema, name, columns: types, key: info.key });
}

async function hasVersion(client: ClientBase, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ value: string }>(
    `SELECT value FROM ${quoted(schema)}.meta WHERE key = 'version'`,
  );
  return rows[0]?.value === captureVersion;
}

async function knownLayouts(client: ClientBase, schema: string): Promise<readonly KnownLayout[]> {
  const { rows } = await client.query<KnownLayout>(`SELECT id, name, columns FROM ${quoted(schema)}.layouts`);
  return rows;
}

async function hasTriggers(
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
