import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { Key } from "../../core/key/key.ts";
import type { IndexKey } from "../../core/query/index-key.ts";
import type { Ask } from "./ask.ts";
import type { Waiting } from "./backlog.ts";

/** One condition that a row must fulfil to be in a list, and whether it does. */
export interface Reason {
  /**
   * The condition in canonical form, as JSON: `["ownerId","exact",7]`; of a window also `["first",50]`, to be inside; where a
   * permission is asked with the row, `"permissions.retrieve"`.
   */
  readonly condition: string;
  readonly holds: boolean;
}

/** Why a row is or is not in a list, as the database is now. */
export interface RowExplanation {
  /** Whether there is a row of this key at all. */
  readonly exists: boolean;
  /** Whether the subscription's rows have it: it exists and every condition holds. */
  readonly included: boolean;
  /** All conditions, those of the scope among them; empty where the row does not exist. */
  readonly reasons: readonly Reason[];
}

/**
 * What a server knows of a subscription, for those who look after the server: it names conditions and values of scopes,
 * which clients must not see.
 */
export interface Explanation {
  readonly resource: string;
  readonly action: Ask["action"];
  /**
   * `opening`: its rows are still being read. `live`: it is followed. `reset`: its client reads too slowly, and gets it anew
   * when it has read the rest. `failed`: it has ended with `lastError`.
   */
  readonly state: "opening" | "live" | "reset" | "failed";
  /** The canonical condition, scope and filter together, as JSON; null where it cannot be had, and then `lastError` says why. */
  readonly plan: string | null;
  /**
   * How changes find it. `index`: a row has one of these keys before or after the change. `scan`: every change of the table is tried,
   * because no part of the condition can be looked up. `database`: only the database can tell. Null while it is not live.
   */
  readonly found:
    | { readonly by: "index"; readonly keys: readonly IndexKey[] }
    | { readonly by: "scan" | "database" }
    | null;
  /** Subscriptions that share its group, of all connections; 0 while it has none. */
  readonly subscribers: number;
  /** What waits for its connection, beside what the socket's buffer holds. */
  readonly waiting: Waiting;
  /** With which it failed, now or the last time that its id was used. */
  readonly lastError: LivesetError | null;
  /**
   * Why the row with this key is or is not in it.
   * @throws LivesetError `not_found` for a key that no row can have, and what the scope or a permission throws.
   */
  row(key: Key): Promise<RowExplanation>;
}
