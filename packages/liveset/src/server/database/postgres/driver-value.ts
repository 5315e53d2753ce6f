import pg from "pg";

const { builtins } = pg.types;

/** Drizzle takes these as text and reads them itself: times, dates and intervals, and lists of them. */
const asText: ReadonlySet<number> = new Set([
  builtins.TIMESTAMPTZ,
  builtins.TIMESTAMP,
  builtins.DATE,
  builtins.INTERVAL,
  // numeric[], timestamp[], timestamptz[], interval[], date[]
  1231,
  1115,
  1185,
  1187,
  1182,
]);

/**
 * What Drizzle's driver makes of a value's text for a column of this type, before the column reads it: a row of the log is read as
 * the same row of a query is.
 *
 * @param type The object id of the type.
 */
export function driverValueOf(type: number): (text: string) => unknown {
  if (asText.has(type)) return (text) => text;
  return pg.types.getTypeParser(type, "text");
}
