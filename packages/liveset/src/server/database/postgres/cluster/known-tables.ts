import type { ClientBase } from "pg";
import type { DatabaseTable } from "../capture.ts";
import { quoted } from "../sql-name.ts";

/** The declared columns of the declared tables, by the names of tables. */
export type KnownTables = Readonly<Record<string, readonly string[]>>;

/** What a node knows of tables, and so what its transactions have where it is the one that reads. */
export function knownTables(tables: readonly DatabaseTable[]): KnownTables {
  return Object.fromEntries(
    tables.map(({ info }) => [
      info.name,
      [...info.columns.values()].map(({ name, drizzle }) => `${name} ${drizzle.columnType}`).sort(),
    ]),
  );
}

/** Names of tables and columns that are needed and not known. */
export function unknownOf(known: KnownTables, needed: KnownTables): string[] {
  return Object.entries(needed).flatMap(([table, columns]) => {
    const there = known[table];
    if (there === undefined) return [table];
    return columns.filter((column) => !there.includes(column)).map((column) => `${table}: ${column}`);
  });
}

/** Writes what the node that reads the changes knows, for the others. */
export async function writeKnown(client: ClientBase, schema: string, known: KnownTables): Promise<void> {
  await client.query(
    `INSERT INTO ${quoted(schema)}.meta (key, value) VALUES ('cluster_tables', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [JSON.stringify(known)],
  );
}

/** What the node that reads the changes knows; nothing where none has written it yet. */
export async function readKnown(client: ClientBase, schema: string): Promise<KnownTables> {
  const { rows } = await client.query<{ value: string }>(
    `SELECT value FROM ${quoted(schema)}.meta WHERE key = 'cluster_tables'`,
  );
  return JSON.parse(rows[0]?.value ?? "{}") as KnownTables;
}

/** A node asks the one that reads the changes, and all like it, to leave that to others: it needs these tables. */
export function askText(needed: KnownTables): string {
  return JSON.stringify({ type: "ask", needed });
}

/** The tables of such a message; null for others, and for what is none. */
export function readAsk(text: string): KnownTables | null {
  if (!text.startsWith('{"type":"ask"')) return null;
  try {
    const { needed } = JSON.parse(text) as { readonly needed?: unknown };
    return typeof needed === "object" && needed !== null ? (needed as KnownTables) : null;
  } catch {
    return null;
  }
}
