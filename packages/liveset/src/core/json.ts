/** A JSON value: everything that crosses the wire. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * A table row in wire form, by property name of the Drizzle table: text, integer, real and boolean as
 * themselves, bigint as a decimal string, date as ISO 8601 in UTC with milliseconds, blob as base64,
 * JSON as itself, SQL NULL as null.
 */
export type WireRow = Readonly<Record<string, Json>>;
