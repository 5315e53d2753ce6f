import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import { changesOf } from "./draft.ts";
import type { Group } from "./group.ts";
import type { LiveParts } from "./live-parts.ts";
import { Net } from "./net.ts";

/**
 * Works out what happened to a group after `since` and hands it over, complete up to the hub's position in that very
 * turn. Resolves to false, with nothing handed over, where that cannot be told (P4): the feed does not know any more, or
 * the group is one that only the database can judge, which tells of now and not of then, and something happened that
 * may have concerned it.
 */
export async function missedSince(
  { runtime, groups, pipeline, position }: LiveParts,
  group: Group,
  since: Cursor,
  hand: (missed: Net) => void,
): Promise<boolean> {
  const { feed } = runtime.database;
  await position.reached(feed.compare(since, feed.cursor) > 0 ? since : feed.cursor);
  // A permission tells of now, and what was shown then is not known any more.
  const { judged } = group;
  if (judged?.query.isList && judged.query.may !== null) return false;
  if (judged !== null) await pipeline.load(group, judged);
  const meanwhile = group.collect();
  try {
    const transactions = await feed.read(since, position.cursor);
    if (transactions === null) return false;
    if (
      judged !== null &&
      transactions.some((transaction) => groups.dependents.mayConcern(group, transaction))
    )
      return false;
    const missed = new Net(group.resource.info.key);
    if (judged === null) addAll(missed, group, transactions);
    missed.append(meanwhile);
    hand(missed);
    return true;
  } finally {
    group.release(meanwhile);
  }
}

function addAll(missed: Net, group: Group, transactions: readonly Transaction[]): void {
  for (const transaction of transactions) {
    const changes = changesOf(group, transaction);
    if (changes !== null) missed.add(changes);
  }
}
