import type { Json } from "../json.ts";
import { array, boolean, number, object, optional, record, type Schema, string } from "./schema.ts";

/**
 * What a caller asks of a list; of one row only `fields` and `with`. `where` is the object form of a filter; `orderBy` maps a field to `"asc"`,
 * `"desc"` or `{direction, nulls}`, in order of importance; `after` is the page position that the previous page gave.
 * `fields` are those that are shown, beside the key; all where it is not there.
 * `with` maps relations to what is asked of the related rows: `true`, or a query in its turn.
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
  readonly fields?: readonly string[];
  readonly with?: Readonly<Record<string, Json>>;
}

export const query: Schema<Query> = object({
  where: optional(record),
  search: optional(string),
  orderBy: optional(record),
  limit: optional(number),
  offset: optional(number),
  after: optional(string),
  total: optional(boolean),
  fields: optional(array(string)),
  with: optional(record),
});
