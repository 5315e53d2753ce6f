/**
 * What is known of a lazy row beside its values.
 *
 * - `unknown`: never asked for
 * - `loading`: its first load is under way
 * - `ready`: it is there
 * - `absent`: the server does not have it, or does not show it
 * - `error`: its load failed; what was there before is still shown
 */
export interface RowState {
  readonly status: "unknown" | "loading" | "ready" | "absent" | "error";
  /** It has changed, or has become old, and is fetched when it is read. */
  readonly isDirty: boolean;
  readonly isEditing: boolean;
  /** Why its load failed, where it did. */
  readonly error: unknown;
}
