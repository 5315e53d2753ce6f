import type { DatabaseTable } from "../capture.ts";
import { literal, quoted } from "../sql-name.ts";
import { triggerFunction } from "../trigger-function.ts";
import { messagePrefix } from "./wal-assembler.ts";

/** The name of the trigger on each table, and of the function that all of them call. */
export const truncateTrigger = "zz_liveset_wal_truncate";
export const truncateFunction = "truncated_rows";

/**
 * TRUNCATE has no old rows in the stream: a trigger writes each into it as a message, in the same transaction, with all columns that the
 * table has by then, by name. So it is the same for servers that declare different ones, and they may read side by side. Values are texts
 * as their types write them, which casts are not (`char(n)`, booleans). Partitions have a trigger of their table's only where
 * that is truncated itself.
 */
export const truncateBody: string = `
DECLARE names jsonb; texts text;
BEGIN
  SELECT jsonb_agg(attname ORDER BY attnum),
    string_agg(format('CASE WHEN t.%1$I IS DISTINCT FROM NULL THEN concat(t.%1$I) END', attname), ', ' ORDER BY attnum)
    INTO names, texts FROM pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped;
  EXECUTE format(
    'SELECT pg_logical_emit_message(true, %L, jsonb_build_array(''truncated'', %s, %L::jsonb, to_jsonb(ARRAY[%s]::text[]))::text) FROM %s t',
    ${literal(messagePrefix)}, TG_RELID::oid, names, texts, TG_RELID::regclass);
  RETURN NULL;
END`;

/** The statements that make the function. Only its owner may use it for triggers: it reads the table that it is called for with his rights. */
export function createTruncateFunction(schema: string): readonly string[] {
  const fn = functionName(schema);
  return [triggerFunction(fn, truncateBody), `REVOKE EXECUTE ON FUNCTION ${fn}() FROM PUBLIC`];
}

/** The statements that make a table's trigger. */
export function createTruncateTrigger(table: DatabaseTable, schema: string): readonly string[] {
  const target = `${quoted(table.schema)}.${quoted(table.name)}`;
  return [
    `DROP TRIGGER IF EXISTS ${truncateTrigger} ON ${target}`,
    `CREATE TRIGGER ${truncateTrigger} BEFORE TRUNCATE ON ${target} FOR EACH STATEMENT EXECUTE FUNCTION ${functionName(schema)}()`,
    `ALTER TABLE ${target} ENABLE ALWAYS TRIGGER ${truncateTrigger}`,
  ];
}

function functionName(schema: string): string {
  return `${quoted(schema)}.${quoted(truncateFunction)}`;
}
