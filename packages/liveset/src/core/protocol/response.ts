import type { Json } from "../json.ts";
import { json, literal, number, object, optional, type Schema, string } from "./schema.ts";

/** down: the answer to a `request`. A write's `cursor` is that of its transaction, whose frames were sent before (P6). `etag` is the row's. */
export interface Response {
  readonly type: "response";
  readonly id: string;
  readonly status: number;
  readonly data: Json;
  readonly cursor?: string;
  readonly etag?: string;
}

export const response: Schema<Response> = object({
  type: literal("response"),
  id: string,
  status: number,
  data: json,
  cursor: optional(string),
  etag: optional(string),
});
