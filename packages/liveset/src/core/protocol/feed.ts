import { boolean, literal, object, type Schema } from "./schema.ts";

/**
 * down: whether the server hears of changes at the moment. `live: false`: its database or its log is away; lists stay as they are, and
 * reads and writes fail with `unavailable`. `live: true`: everything that was committed meanwhile has been sent, or its lists were reset.
 * Not sent while all is well: after a `welcome` the feed is live unless it says otherwise.
 */
export interface FeedFrame {
  readonly type: "feed";
  readonly live: boolean;
}

export const feed: Schema<FeedFrame> = object({ type: literal("feed"), live: boolean });
