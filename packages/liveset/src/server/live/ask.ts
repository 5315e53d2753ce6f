import type { Json } from "../../core/json.ts";
import type { Key } from "../../core/key/key.ts";
import type { Query } from "../../core/protocol/query.ts";
import type { Since } from "../../core/protocol/subscribe.ts";
import type { Context } from "../context.ts";
import type { RowLookup } from "../operation/row-lookup.ts";

/** What a client wants to follow, whatever the dialect. */
export interface Ask {
  readonly resource: string;
  /** `count`: how many rows the list has, without its rows. */
  readonly action: "list" | "retrieve" | "count";
  readonly key?: Key;
  /** Names the row in place of the key, when it is subscribed to; it is then followed by its key. */
  readonly lookup?: RowLookup;
  readonly params?: Readonly<Record<string, Json>>;
  readonly query?: Query;
  /**
   * False: what happens from now on is wanted, and not the rows that are there. Of a list whose rows need not be kept they are not read then.
   * `scoped`: the rows are wanted only where the caller does not see all that there are, and null says that he does.
   */
  readonly rows?: false | "scoped";
  /** Of a list: columns of which the old values are wanted where they change or go. They are the dialect's own: shown or not, no client is sent them. */
  readonly traced?: readonly string[];
  /** Of a list: a further condition of the server's own, as a scope gives one. */
  readonly within?: (context: Context) => unknown;
  /** Where it left off. */
  readonly since?: Since;
  /** Goes on from `since` whatever the plan was: whoever asks compares plans himself. */
  readonly anyPlan?: true;
}
