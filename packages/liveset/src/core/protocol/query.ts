import type { Json } from "../json.ts";
import { boolean, number, object, optional, record, type Schema, string } from "./schema.ts";

/**
 * What a caller asks of a list. `where` is the object form of a filter; `orderBy` maps a field to `"asc"`,
 * `"desc"` or `{direction, nulls}`, in order of importance; `after` is the page position that the previous page gave.
 * `total` has all rows of a live list with a `limit` counted; a page has its `count` anyway.
 */
export interface Query {
  readonly where?: Readonly<Record<string, Json>>;
  readonly search?: string;
  readonly orderBy?: Readonly<Record<string, Json>>;
  readonly limit?: number;
  readonly offset?: number;
  readonly after?: string;
  readonly total?: boolean;
}

export const query: Schema<Query> = object({
  where: optional(record),
  search: optional(string),
  orderBy: optional(record),
  limit: optional(number),
  offset: optional(number),
  after: optional(string),
  total: optional(boolean),
});
