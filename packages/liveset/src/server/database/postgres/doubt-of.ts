import type { ClientBase } from "pg";
import type { CaptureParts, DatabaseTable } from "./capture.ts";
import type { InstallStep } from "./own-tables.ts";

/**
 * Why tables are not those that are followed, or not captured in full; null where they are. A table that was dropped and made again, or
 * whose capture was taken away, says nothing by itself.
 *
 * @param plan what their capture lacks
 */
export async function doubtOf(
  client: ClientBase,
  { readTables }: Pick<CaptureParts, "readTables">,
  tables: readonly DatabaseTable[],
  plan: (now: readonly DatabaseTable[]) => Promise<readonly InstallStep[]>,
): Promise<string | null> {
  const now = await readTables(client).catch((error: unknown) => {
    // Faults of the tables have no code of the server's.
    if (error instanceof Error && !("code" in error)) return error.message;
    throw error;
  });
  if (typeof now === "string") return now;
  const changed = now.find((table, i) => !isSame(table, tables[i]));
  if (changed !== undefined) return `The table "${changed.info.name}" is another one, or has other types.`;
  const steps = await plan(now);
  return steps.length === 0 ? null : "The tables are not captured in full any more.";
}

function isSame(table: DatabaseTable, known: DatabaseTable | undefined): boolean {
  return (
    table.oid === known?.oid &&
    table.columns.every(
      ({ name, type }, i) => known.columns[i]?.name === name && known.columns[i].type === type,
    )
  );
}
