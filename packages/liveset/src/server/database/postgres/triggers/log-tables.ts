import { quoted } from "../sql-name.ts";
import { triggerFunction } from "../trigger-function.ts";

/** Version of the tables below and of the form of the values in the log. Another one makes them anew. */
export const captureVersion = "2";

const names = ["layouts", "changes", "log"] as const;

/** The tables of capture, with their schema, as SQL. */
export function logTableNames(schema: string): string[] {
  return names.map((name) => `${quoted(schema)}.${name}`);
}

/**
 * The tables of capture.
 *
 * `changes` is written by the triggers, in the writer's own transaction: op is `i`, `u`, `d`, or `m` for a mutation, whose id is the
 * first value of `after`. Neither `seq` nor `xid` is the order of commits.
 * `log` is written by the one server that reads: the order in which it has released transactions. Its first row begins the epoch and has
 * no transaction. It is never empty.
 *
 * Whoever truncates either ends the epoch.
 */
export function logTables(schema: string): string[] {
  const s = quoted(schema);
  return [
    `CREATE TABLE IF NOT EXISTS ${s}.layouts (id integer PRIMARY KEY, name text NOT NULL UNIQUE, columns text NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS ${s}.changes (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), layout integer NOT NULL, op "char" NOT NULL, before text[], after text[])`,
    `CREATE INDEX IF NOT EXISTS changes_xid ON ${s}.changes (xid)`,
    `CREATE TABLE IF NOT EXISTS ${s}.log (position bigint PRIMARY KEY, xid xid8 UNIQUE, rows integer NOT NULL, at bigint NOT NULL)`,
    triggerFunction(
      `${s}.truncated`,
      `BEGIN UPDATE ${s}.meta SET value = '' WHERE key = 'epoch'; RETURN NULL; END`,
    ),
    ...["changes", "log"].map(
      (name) =>
        `CREATE OR REPLACE TRIGGER truncated BEFORE TRUNCATE ON ${s}.${name} FOR EACH STATEMENT EXECUTE FUNCTION ${s}.truncated()`,
    ),
  ];
}

/** Takes the tables of capture away, of whatever version. */
export function dropLogTables(schema: string): string[] {
  return logTableNames(schema).map((name) => `DROP TABLE IF EXISTS ${name}`);
}
