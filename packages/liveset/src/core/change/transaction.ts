import type { Change } from "./change.ts";
import type { Cursor } from "./cursor.ts";

/** The changes that were committed together, in commit order under one cursor. At most one change per row. */
export interface Transaction {
  readonly cursor: Cursor;
  readonly changes: readonly Change[];
  /** Mutation ids that were recorded in this transaction (P6). */
  readonly mutations: readonly string[];
}
