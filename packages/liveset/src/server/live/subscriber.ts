import type { Cursor } from "../../core/change/cursor.ts";
import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { GroupChanges } from "./group-changes.ts";

/** One client, as the stream of transactions sees it. Neither method throws. */
export interface Audience {
  /** What the transaction did to a group in which it has an open subscription; once a group. */
  changes(changes: GroupChanges): void;
  /** The transaction is complete. `mutations` are the audience's own writes in it. */
  commit(cursor: Cursor, mutations: readonly string[]): void;
}

/** One subscription, as its group sees it. */
export interface Subscriber {
  readonly audience: Audience;
  /** The group can no longer be followed: the subscription ends. Does not throw. */
  fail(error: LivesetError): void;
  /** What the group was cannot be continued: the subscription begins anew. Does not throw. */
  reset(reason: string): void;
}
