import type { Cursor } from "../../core/change/cursor.ts";
import type { WireRow } from "../../core/json.ts";
import type { KeyText } from "../../core/key/key.ts";

/** What one transaction did to one group. One value for all its subscribers, so that it is encoded once. Rows are serialised. */
export interface GroupChanges {
  /** The group's number. */
  readonly group: number;
  readonly cursor: Cursor;
  readonly enter: readonly WireRow[];
  readonly update: readonly WireRow[];
  readonly leave: readonly KeyText[];
  /** Of a window, where it is another one now: rows of the whole list, and whether it goes on behind the window. */
  readonly total?: number;
  readonly hasMore?: boolean;
  /** Of a query that traces columns: what they were, of rows that were updated or left. For the dialect's own use. */
  readonly before?: ReadonlyMap<KeyText, WireRow>;
}
