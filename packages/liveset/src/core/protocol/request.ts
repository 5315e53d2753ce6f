import type { Json } from "../json.ts";
import type { Key } from "../key/key.ts";
import { key } from "./key.ts";
import { type Query, query } from "./query.ts";
import { id, json, literal, object, optional, record, type Schema, string } from "./schema.ts";

/**
 * up: one operation (`list retrieve create update patch delete`) or an action by its name. `mutation` makes a
 * write safe to repeat: it is applied once per id (P6). `ifMatch` is the ETag of the row that the writer saw.
 */
export interface Request {
  readonly type: "request";
  readonly id: string;
  readonly resource: string;
  readonly action: string;
  readonly key?: Key;
  readonly data?: Json;
  readonly params?: Readonly<Record<string, Json>>;
  readonly query?: Query;
  readonly mutation?: string;
  readonly ifMatch?: string;
}

export const request: Schema<Request> = object({
  type: literal("request"),
  id,
  resource: string,
  action: string,
  key: optional(key),
  data: optional(json),
  params: optional(record),
  query: optional(query),
  mutation: optional(id),
  ifMatch: optional(string),
});
