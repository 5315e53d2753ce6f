import type { Cursor } from "../../core/change/cursor.ts";
import type { Feed } from "../feed/feed.ts";
import { changesOf } from "./draft.ts";
import type { Group } from "./group.ts";
import { Net } from "./net.ts";

/**
 * Works out what happened to a group after `since` and hands it over, complete up to the feed's cursor in that very
 * turn. Resolves to false, with nothing handed over, where the feed does not know any more (P4).
 */
export async function missedSince(
  feed: Feed,
  group: Group,
  since: Cursor,
  hand: (missed: Net) => void,
): Promise<boolean> {
  const meanwhile = group.collect();
  try {
    const transactions = await feed.read(since, feed.cursor);
    if (transactions === null) return false;
    const missed = new Net(group.resource.info.key);
    for (const transaction of transactions) {
      const changes = changesOf(group, transaction);
      if (changes !== null) missed.add(changes);
    }
    missed.append(meanwhile);
    hand(missed);
    return true;
  } finally {
    group.release(meanwhile);
  }
}
