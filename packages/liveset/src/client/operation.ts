import type { Json } from "../core/json.ts";
import type { Batch } from "../core/protocol/batch.ts";
import type { Request } from "../core/protocol/request.ts";

/** One operation or action to ask the server for: a `request` frame without its id. */
export type Operation = Omit<Request, "type" | "id">;

/** Several writes to ask for as one: a `batch` frame without its id. */
export type BatchOperations = Omit<Batch, "type" | "id">;

/** Anything that is answered. */
export type Question = Operation | BatchOperations;

/** Whether several writes are asked for as one. */
export function isBatch(question: Question): question is BatchOperations {
  return "operations" in question;
}

/** The answer to an operation, whatever the transport. */
export interface Answer {
  readonly status: number;
  readonly data: Json;
  /** The entity tag of the row, for `ifMatch`. */
  readonly etag: string | null;
}

/** What may accompany a call. */
export interface CallOptions {
  /** Ends the wait: the promise rejects with `released`. A write that was sent already may have been applied. */
  readonly signal?: AbortSignal | undefined;
  /** Applies the write only where the row still has this entity tag; otherwise `precondition_failed`. */
  readonly ifMatch?: string | undefined;
  /** The write's identity: repeated with the same id it is applied once. Default: a new one for each call. */
  readonly mutation?: string | undefined;
  /** Is given the whole answer before the promise resolves: the way to a row's entity tag. */
  readonly onAnswer?: ((answer: Answer) => void) | undefined;
}

/** Whether repeating an operation does nothing further by itself. */
export function isRead(action: string): boolean {
  return /^(list|retrieve|by-ids|indexes)$/.test(action);
}
