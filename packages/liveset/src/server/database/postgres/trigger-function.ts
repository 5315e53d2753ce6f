import { literal } from "./sql-name.ts";

/** Settings of its own, so that texts of values do not depend on the writer's. */
const settings = [
  "search_path = pg_catalog, pg_temp",
  "TimeZone = 'UTC'",
  "DateStyle = 'ISO, MDY'",
  "IntervalStyle = 'postgres'",
  "extra_float_digits = 1",
  "bytea_output = 'hex'",
];

/**
 * The statement that makes a trigger's function, or makes it anew. It runs with the rights of whoever installed it, so that writers need
 * none.
 *
 * @param fn its name, quoted
 * @param body in PL/pgSQL
 */
export function triggerFunction(fn: string, body: string): string {
  const sets = settings.map((setting) => `SET ${setting}`).join(" ");
  return `CREATE OR REPLACE FUNCTION ${fn}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER ${sets} AS ${literal(body)}`;
}
