import type { Json } from "../json.ts";
import type { Key } from "../key/key.ts";
import { key } from "./key.ts";
import { type Query, query } from "./query.ts";
import { id, literal, object, optional, record, type Schema, string } from "./schema.ts";

/** Where a lost connection left off: the cursor of its last `commit`, `subscribed` or `pong`, and the plan that `subscribed` named. */
export interface Since {
  readonly cursor: string;
  readonly plan: string;
}

/**
 * up: opens a live list, one live row with `key`, or the live number of a list's rows. A list with a `limit` is a window:
 * its first rows in its order, behind `after` where that is given. Answered by `subscribed` or `error` under the same id.
 * With `since` the answer has no rows but what was missed, unless the server says `resumed: false`.
 */
export interface Subscribe {
  readonly type: "subscribe";
  readonly id: string;
  readonly resource: string;
  readonly action: "list" | "retrieve" | "count";
  readonly key?: Key;
  readonly params?: Readonly<Record<string, Json>>;
  readonly query?: Query;
  readonly since?: Since;
}

export const subscribe: Schema<Subscribe> = object({
  type: literal("subscribe"),
  id,
  resource: string,
  action: literal("list", "retrieve", "count"),
  key: optional(key),
  params: optional(record),
  query: optional(query),
  since: optional(object({ cursor: string, plan: string })),
});
