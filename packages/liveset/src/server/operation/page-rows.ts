import type { WireRow } from "../../core/json.ts";

/** The rows of a page, all columns, unserialised. */
export interface PageRows {
  readonly rows: readonly WireRow[];
  /** Whether rows follow. */
  readonly more: boolean;
  /** Of all pages. */
  readonly total: number;
}
