import type { RowState } from "./row-state.ts";

/** What a lazy resource keeps of a row beside its values. */
export interface LazyEntry {
  status: RowState["status"];
  isDirty: boolean;
  isEditing: boolean;
  error: unknown;
  /** When it arrived. */
  stampedAt: number;
  /** Another number with each write: an answer to a load that began before is too old. */
  writes: number;
  wasRead: boolean;
  /** It changed elsewhere while it was being edited. */
  hasMissed: boolean;
  /** What arrived while it was being edited. */
  held: object | null;
  placeholder: object | null;
  /** The writes to it, one after the other. */
  lastWrite: Promise<unknown>;
}

/** An entry of a row that nothing is known of. */
export function newEntry(): LazyEntry {
  return {
    status: "unknown",
    isDirty: false,
    isEditing: false,
    error: null,
    stampedAt: 0,
    writes: 0,
    wasRead: false,
    hasMissed: false,
    held: null,
    placeholder: null,
    lastWrite: Promise.resolve(),
  };
}
