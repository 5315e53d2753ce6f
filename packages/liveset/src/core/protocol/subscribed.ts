import type { WireRow } from "../json.ts";
import { array, boolean, literal, number, object, optional, row, type Schema, string } from "./schema.ts";

/**
 * down: a subscription is open and equals the database at `cursor`. `group` is the number under which its
 * `changes` come. `keys` names the fields of the row's key, in order. `plan` identifies the canonical query, to be given back in `since`.
 * `resumed: false` brings all `rows`; `resumed: true` brings none: a `changes` frame with exactly what was missed follows.
 */
export interface Subscribed {
  readonly type: "subscribed";
  readonly id: string;
  readonly group: number;
  readonly cursor: string;
  readonly plan: string;
  readonly keys: readonly string[];
  readonly resumed: boolean;
  readonly rows?: readonly WireRow[];
  readonly total?: number;
}

export const subscribed: Schema<Subscribed> = object({
  type: literal("subscribed"),
  id: string,
  group: number,
  cursor: string,
  plan: string,
  keys: array(string),
  resumed: boolean,
  rows: optional(array(row)),
  total: optional(number),
});
