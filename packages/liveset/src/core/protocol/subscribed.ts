import type { WireRow } from "../json.ts";
import { type ColumnKind, columnKinds } from "../query/column-kind.ts";
import type { Direction, Nulls } from "../query/order.ts";
import { array, boolean, literal, number, object, optional, row, type Schema, string } from "./schema.ts";

/**
 * One column of a live list's order, with the kind that says how its values compare. `nulls` says where NULL stands; without it, first when
 * ascending and last when descending.
 */
export interface WireOrderTerm {
  readonly column: string;
  readonly direction: Direction;
  readonly nulls?: Nulls;
  readonly kind: ColumnKind;
}

/**
 * down: a subscription is open and equals the database at `cursor`. `group` is the number under which its
 * `changes` come. `keys` names the fields of the row's key, in order. `order` is the whole order of a list, with the
 * resource's default and the key's columns as tie-break applied, empty for one row; a client places rows by it and does
 * not rely on the order of `rows`. `plan` identifies the canonical query, to be given back in `since`.
 * `resumed: false` brings all `rows`; `resumed: true` brings none: a `changes` frame with exactly what was missed follows, up to the
 * next `commit`. It also comes for a subscription that is open, where its caller has become another one or may see other rows: then the
 * list is another one from here on, and that frame has the difference.
 * Of a window, `hasMore` says whether its list goes on behind it, `total` how many rows the list has, where that was asked; a count
 * has no rows and a `total`. Both are kept up to date by `changes`.
 */
export interface Subscribed {
  readonly type: "subscribed";
  readonly id: string;
  readonly group: number;
  readonly cursor: string;
  readonly plan: string;
  readonly keys: readonly string[];
  readonly order: readonly WireOrderTerm[];
  readonly resumed: boolean;
  readonly rows?: readonly WireRow[];
  readonly total?: number;
  readonly hasMore?: boolean;
}

const orderTerm: Schema<WireOrderTerm> = object({
  column: string,
  direction: literal("asc", "desc"),
  nulls: optional(literal("first", "last")),
  kind: literal(...columnKinds),
});

export const subscribed: Schema<Subscribed> = object({
  type: literal("subscribed"),
  id: string,
  group: number,
  cursor: string,
  plan: string,
  keys: array(string),
  order: array(orderTerm),
  resumed: boolean,
  rows: optional(array(row)),
  total: optional(number),
  hasMore: optional(boolean),
});
