import type { WireRow } from "../json.ts";

/**
 * What happened to one row in one transaction, net: several statements on the same row are one change.
 * Insert has no `before`, delete no `after`; a row whose key changed is a delete and an insert.
 */
export interface Change {
  /** Name of the table in the database. */
  readonly table: string;
  readonly before: WireRow | null;
  readonly after: WireRow | null;
}
