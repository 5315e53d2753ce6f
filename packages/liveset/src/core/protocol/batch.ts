import type { Json } from "../json.ts";
import type { Key } from "../key/key.ts";
import { key } from "./key.ts";
import { array, id, json, literal, object, optional, record, type Schema, string } from "./schema.ts";

/** One write of a batch; its parts are those of a `request`. */
export interface BatchOperation {
  readonly resource: string;
  readonly action: string;
  readonly key?: Key;
  readonly data?: Json;
  readonly params?: Readonly<Record<string, Json>>;
  readonly ifMatch?: string;
}

/**
 * up: several writes and actions, done in one transaction and in their order, or none of them. Answered by one `response` whose `data` has
 * an answer for each, `{status, data, etag?, key?}`, or by one `error` whose `errors` say by `["operations", index]` which of
 * them failed. `mutation` makes the whole safe to repeat (P6).
 */
export interface Batch {
  readonly type: "batch";
  readonly id: string;
  readonly operations: readonly BatchOperation[];
  readonly mutation?: string;
}

/** The operations of a batch, on a socket and in the body of a REST request alike. */
export const batchOperations: Schema<readonly BatchOperation[]> = array(
  object({
    resource: string,
    action: string,
    key: optional(key),
    data: optional(json),
    params: optional(record),
    ifMatch: optional(string),
  }),
);

export const batch: Schema<Batch> = object({
  type: literal("batch"),
  id,
  operations: batchOperations,
  mutation: optional(id),
});
