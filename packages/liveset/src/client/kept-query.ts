import type { WireRow } from "../core/json.ts";
import type { Since } from "../core/protocol/subscribe.ts";
import type { WireOrderTerm } from "../core/protocol/subscribed.ts";
import type { Target } from "./canonical.ts";

/** A live query as it can be kept, or sent to a browser: its rows, and where they left off. */
export interface KeptQuery {
  readonly target: Target;
  readonly keys: readonly string[];
  readonly order: readonly WireOrderTerm[];
  readonly rows: readonly WireRow[];
  /** Null where the server cannot go on from here: then the rows are shown until it has sent them anew. */
  readonly since: Since | null;
  readonly updatedAt: number | null;
  readonly total?: number | undefined;
  readonly hasMore?: boolean | undefined;
}

/** The live queries of a client, as JSON. */
export interface ClientState {
  readonly queries: readonly KeptQuery[];
}
