import type { Problem } from "../../core/error/liveset-error.ts";
import type { Json } from "../../core/json.ts";
import type { WriteQuestion } from "../client-store.ts";

/** A write that waits, or was refused, as it is kept. */
export interface QueuedWrite {
  readonly question: WriteQuestion;
  /** When it was written: ms since 1970. */
  readonly at: number;
  /** Why it was refused. */
  readonly problem?: Problem;
}

/** What tabs tell each other. */
export type QueueMessage =
  | { readonly type: "queued"; readonly write: QueuedWrite }
  | { readonly type: "done"; readonly mutation: string; readonly value: Json }
  | { readonly type: "refused"; readonly mutation: string; readonly problem: Problem }
  | { readonly type: "forgotten"; readonly mutation: string }
  | { readonly type: "cleared" };
