import type { ClientBase } from "pg";

/** The name of the slot of a database. Names of slots are those of the whole cluster, and of small letters, digits and underlines. */
export async function slotName(client: ClientBase, schema: string): Promise<string> {
  const { rows } = await client.query<{ oid: string }>(
    "SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()",
  );
  const name = schema.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  return `${name.slice(0, 50)}_${rows[0]?.oid}`;
}
