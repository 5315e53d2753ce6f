import type { DatabaseColumn, DatabaseTable } from "../capture.ts";
import { literal, quoted } from "../sql-name.ts";
import { triggerFunction } from "../trigger-function.ts";
import { messagePrefix } from "./wal-assembler.ts";

/** A function, and the statements that make it and its trigger. */
export interface TruncateCapture {
  readonly name: string;
  readonly body: string;
  readonly create: readonly string[];
}

/** The name of the trigger on each table. */
export const truncateTrigger = "zz_liveset_wal_truncate";

/**
 * TRUNCATE has no old rows in the stream: a trigger writes each into it as a message, in the same transaction. Partitions have a trigger
 * of their table's only where that is truncated itself.
 */
export function truncateCapture(table: DatabaseTable, schema: string): TruncateCapture {
  const target = `${quoted(table.schema)}.${quoted(table.name)}`;
  const name = `truncate_${table.oid}`;
  const fn = `${quoted(schema)}.${quoted(name)}`;
  const row = `ARRAY[${table.columns.map(textOf).join(", ")}]::text[]`;
  const note = `jsonb_build_array('truncated', ${table.oid}, to_jsonb(${row}))::text`;
  const body = `
BEGIN
  PERFORM pg_logical_emit_message(true, ${literal(messagePrefix)}, ${note}) FROM ${target} t;
  RETURN NULL;
END`;
  return {
    name,
    body,
    create: [
      triggerFunction(fn, body),
      `DROP TRIGGER IF EXISTS ${truncateTrigger} ON ${target}`,
      `CREATE TRIGGER ${truncateTrigger} BEFORE TRUNCATE ON ${target} FOR EACH STATEMENT EXECUTE FUNCTION ${fn}()`,
      `ALTER TABLE ${target} ENABLE ALWAYS TRIGGER ${truncateTrigger}`,
    ],
  };
}

/** A value as its type writes it. Casts are not that for \`char(n)\`, whose spaces they cut off, and for booleans. */
function textOf({ name, typeName }: DatabaseColumn): string {
  const value = `t.${quoted(name)}`;
  if (typeName === "bool" || typeName === "bpchar")
    return `CASE WHEN ${value} IS NOT NULL THEN concat(${value}) END`;
  return `${value}::text`;
}
