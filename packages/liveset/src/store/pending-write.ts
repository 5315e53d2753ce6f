import type { LivesetError } from "../core/error/liveset-error.ts";
import type { WriteAction } from "./overlay.ts";

/**
 * A write of one's own that is not confirmed, or was refused.
 *
 * @example
 * ```ts
 * import type { PendingWrite } from "liveset/store";
 *
 * export function tell(write: PendingWrite | null): string {
 *   if (write === null) return "saved";
 *   return write.error === null ? "saving" : `not saved: ${write.error.message}`;
 * }
 * ```
 */
export interface PendingWrite {
  /** Its identity, under which the server applies it once. */
  readonly mutation: string;
  /** What it does to the row. */
  readonly op: WriteAction;
  /** Null while it is under way. Otherwise why it was refused: then the row is shown without it. */
  readonly error: LivesetError | null;
  /**
   * Sends a refused write again, with its effect. One that is under way gives its promise.
   * @throws LivesetError when it is refused again.
   */
  retry(): Promise<unknown>;
  /** Gives a refused write up: the row has no error any more. One that is under way goes on. */
  discard(): void;
}
