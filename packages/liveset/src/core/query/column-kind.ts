/**
 * What a column holds, independent of the database. The kind decides the wire form (see `WireRow`),
 * which values a filter accepts and how two values compare.
 */
export const columnKinds = [
  "text",
  "integer",
  "real",
  "boolean",
  "bigint",
  "date",
  "json",
  "blob",
  "opaque",
] as const;

/** `opaque`: a user's custom type; shown as JSON, never filtered, searched or sorted by. */
export type ColumnKind = (typeof columnKinds)[number];

/** A column as the core knows it. `name` is the property name of the Drizzle table, which is the name on the wire. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly nullable: boolean;
}

/** The columns of a table by name. */
export type Columns = ReadonlyMap<string, Column>;
