import type { DatabaseColumn, DatabaseTable } from "../capture.ts";
import { literal, quoted } from "../sql-name.ts";
import { triggerFunction } from "../trigger-function.ts";

/** What a table needs so that its changes are written into the log. */
export interface TableCapture {
  /** The function's name in liveset's schema, and its body. */
  readonly name: string;
  readonly body: string;
  /** Names of the triggers on the table. */
  readonly triggers: readonly string[];
  /** Statements that make all of it, and make it anew where it is there. */
  readonly create: readonly string[];
}

/**
 * Our triggers come last in their kind (PostgreSQL goes by name): they see what others have made of a row. Each schema of liveset's has
 * its own, so that several servers capture a table.
 */
function triggersOf(schema: string): readonly [row: string, truncate: string] {
  const suffix = schema === "liveset" ? "" : `_${schema}`;
  // Names have 63 bytes at most.
  return [`zz_liveset_row${suffix}`.slice(0, 63), `zz_liveset_truncate${suffix}`.slice(0, 63)];
}

/** The name of the channel on which a server is woken. */
export function channelOf(schema: string): string {
  return `${schema}_changes`;
}

/**
 * One function and two triggers for a table. The function runs with the rights of whoever installed it, so that writers need none, and
 * with settings of its own, so that texts of values do not depend on the writer's.
 *
 * A row that an UPDATE leaves as it was is not written. TRUNCATE, which no row trigger sees, writes each row as deleted.
 */
export function tableCapture(table: DatabaseTable, layout: number, schema: string): TableCapture {
  const target = `${quoted(table.schema)}.${quoted(table.name)}`;
  const name = `capture_${layout}`;
  const fn = `${quoted(schema)}.${quoted(name)}`;
  const body = functionBody(table, layout, schema);
  const triggers = triggersOf(schema);
  const [rowTrigger, truncateTrigger] = [quoted(triggers[0]), quoted(triggers[1])];
  return {
    name,
    body,
    triggers,
    create: [
      triggerFunction(fn, body),
      ...dropTriggers(target, schema),
      `CREATE TRIGGER ${rowTrigger} AFTER INSERT OR UPDATE OR DELETE ON ${target} FOR EACH ROW EXECUTE FUNCTION ${fn}()`,
      `CREATE TRIGGER ${truncateTrigger} BEFORE TRUNCATE ON ${target} FOR EACH STATEMENT EXECUTE FUNCTION ${fn}()`,
      // Rows that replication applies are changes like others.
      `ALTER TABLE ${target} ENABLE ALWAYS TRIGGER ${rowTrigger}`,
      `ALTER TABLE ${target} ENABLE ALWAYS TRIGGER ${truncateTrigger}`,
    ],
  };
}

/** Takes the triggers of a table, given as SQL, away. */
export function dropTriggers(target: string, schema: string): string[] {
  return triggersOf(schema).map((trigger) => `DROP TRIGGER IF EXISTS ${quoted(trigger)} ON ${target}`);
}

function functionBody({ schema: own, name, columns }: DatabaseTable, layout: number, schema: string): string {
  const changes = `${quoted(schema)}.changes`;
  const image = (row: string): string =>
    `ARRAY[${columns.map((column) => textOf(row, column)).join(", ")}]::text[]`;
  const notify = `PERFORM pg_notify(${literal(channelOf(schema))}, '');`;
  return `
DECLARE b text[]; a text[];
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO ${changes} (layout, op, before) SELECT ${layout}, 'd', ${image("t")} FROM ONLY ${quoted(own)}.${quoted(name)} t;
    ${notify}
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN b := ${image("OLD")}; END IF;
  IF TG_OP <> 'DELETE' THEN a := ${image("NEW")}; END IF;
  IF b IS DISTINCT FROM a THEN
    INSERT INTO ${changes} (layout, op, before, after) VALUES (${layout}, lower(left(TG_OP, 1))::"char", b, a);
    ${notify}
  END IF;
  RETURN NULL;
END`;
}

/** A value as its type writes it. Casts are not that for \`char(n)\`, whose spaces they cut off, and for booleans. */
function textOf(row: string, { name, typeName }: DatabaseColumn): string {
  const value = `${row}.${quoted(name)}`;
  if (typeName === "bool" || typeName === "bpchar")
    return `CASE WHEN ${value} IS NOT NULL THEN concat(${value}) END`;
  return `${value}::text`;
}
