import type { ClientBase } from "pg";
import type { TableInfo } from "../../table/table-info.ts";
import { type InstallStep, runSteps } from "./own-tables.ts";
import type { CaptureMode } from "./postgres-options.ts";
import { readTables } from "./read-tables.ts";
import { literal, quoted } from "./sql-name.ts";
import { planTriggers } from "./triggers/plan-triggers.ts";
import { planWal } from "./wal/plan-wal.ts";
import { slotName } from "./wal/slot-name.ts";
import { walObstacles } from "./wal/wal-obstacles.ts";

/** What is to be captured, and for whom. */
export interface CaptureRequest {
  readonly tables: readonly TableInfo[];
  readonly mode: CaptureMode;
  /** `captureSchema` of the server. */
  readonly schema: string;
  readonly casing: "snake_case" | "camelCase" | undefined;
  /** The role of the server, which is given the rights on liveset's own tables that it needs; null where it owns them. */
  readonly role: string | null;
}

/** What a database lacks to be captured in a way. */
export interface CapturePlan {
  readonly capture: "wal" | "triggers";
  readonly steps: readonly InstallStep[];
}

/**
 * Says what is to be done so that a server finds capture installed. Nothing is written. The replication slot is not among it: the
 * server makes it when it starts, for nobody reads it before.
 *
 * @throws Error with one line for each table or column that the database does not have, or where the server cannot be captured so.
 */
export async function planCapture(client: ClientBase, request: CaptureRequest): Promise<CapturePlan> {
  const { schema, role, mode } = request;
  const tables = await readTables(client, request.tables, request.casing);
  const obstacles = await walObstacles(client, tables, { role });
  const capture = mode === "auto" ? (obstacles.length === 0 ? "wal" : "triggers") : mode;
  if (capture === "wal" && obstacles.length > 0) throw new Error(obstacles.join("\n"));
  const steps =
    capture === "wal"
      ? await planWal(client, tables, schema)
      : (await planTriggers(client, tables, schema)).steps;
  return {
    capture,
    steps: [...steps, ...(role === null ? [] : [await missingGrants(client, schema, role)])],
  };
}

/** Does it. Gives what was done. */
export async function installCapture(client: ClientBase, request: CaptureRequest): Promise<CapturePlan> {
  const plan = await planCapture(client, request);
  await runSteps(client, plan.steps);
  return plan;
}

/** Removes what either way of capture has installed: slot, publication, replica identity of its tables, triggers, log. */
export async function removeCapture(client: ClientBase, schema: string): Promise<InstallStep> {
  const statements = await removal(client, schema);
  await runSteps(client, [statements]);
  return statements;
}

async function removal(client: ClientBase, schema: string): Promise<InstallStep> {
  const slot = await slotName(client, schema);
  const slots = await client.query("SELECT FROM pg_replication_slots WHERE slot_name = $1", [slot]);
  const published = await client.query<{ target: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS target FROM pg_publication_tables WHERE pubname = $1",
    [schema],
  );
  const publications = await client.query("SELECT FROM pg_publication WHERE pubname = $1", [schema]);
  const schemas = await client.query("SELECT FROM pg_namespace WHERE nspname = $1", [schema]);
  return [
    ...(slots.rowCount === 0 ? [] : [`SELECT pg_drop_replication_slot(${literal(slot)})`]),
    ...(publications.rowCount === 0 ? [] : [`DROP PUBLICATION ${quoted(schema)}`]),
    ...published.rows.map(({ target }) => `ALTER TABLE ${target} REPLICA IDENTITY DEFAULT`),
    // With its functions go their triggers.
    ...(schemas.rowCount === 0 ? [] : [`DROP SCHEMA ${quoted(schema)} CASCADE`]),
  ];
}

async function missingGrants(client: ClientBase, schema: string, role: string): Promise<InstallStep> {
  const known = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [role]);
  if (known.rowCount === 0) throw new Error(`There is no role "${role}".`);
  const [s, r] = [quoted(schema), quoted(role)];
  return [
    `GRANT USAGE ON SCHEMA ${s} TO ${r}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${s} TO ${r}`,
  ];
}
