import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { Clock } from "../../core/clock.ts";
import type { Runtime } from "../runtime.ts";
import { changesOf } from "./draft.ts";
import { FairTurns } from "./fair-turns.ts";
import type { Group } from "./group.ts";
import type { GroupChanges } from "./group-changes.ts";
import type { Groups } from "./groups.ts";
import { MissedLog } from "./missed-log.ts";
import { Net } from "./net.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Position } from "./position.ts";

/** What is worked out with. */
export interface MissedParts {
  readonly runtime: Runtime;
  readonly groups: Groups;
  readonly pipeline: Pipeline;
  readonly position: Position;
  readonly clock: Clock;
}

/** What happened to a group from one cursor to another, and as one change. */
interface Known {
  readonly since: Cursor;
  readonly upTo: Cursor;
  readonly net: Net;
  readonly changes: GroupChanges | null;
}

/** What returning clients have missed. Those who come back to the same list from the same place share the work. */
export class Missed {
  readonly #parts: MissedParts;
  readonly #log: MissedLog;
  readonly #turns: FairTurns;
  /** The last answer for a group, while the log is kept. */
  #known = new WeakMap<Group, Known>();

  constructor(parts: MissedParts) {
    const { runtime, clock } = parts;
    this.#parts = parts;
    this.#log = new MissedLog(runtime.database.feed, clock, runtime.limits.waitingChanges, () => {
      this.#known = new WeakMap();
    });
    this.#turns = new FairTurns(clock);
  }

  /**
   * Works out what happened to a group after `since` and hands it over (null: nothing), complete up to the hub's position in that very
   * turn. Resolves to false, with nothing handed over, where that cannot be told (P4): the feed does not know any more, or
   * the group is one that only the database can judge, which tells of now and not of then, and something happened that
   * may have concerned it.
   */
  async since(group: Group, since: Cursor, hand: (missed: GroupChanges | null) => void): Promise<boolean> {
    const { runtime, pipeline, position } = this.#parts;
    const { feed } = runtime.database;
    await position.reached(feed.compare(since, feed.cursor) > 0 ? since : feed.cursor);
    // A permission tells of now, and what was shown then is not known any more.
    const { judged } = group;
    if (judged?.query.isList && judged.query.may !== null) return false;
    if (judged !== null) await pipeline.load(group, judged);
    return this.#turns.take(() => this.#work(group, since, hand));
  }

  /** The feed has begun a new epoch. */
  forget(): void {
    this.#log.forget();
  }

  end(): void {
    this.#log.end();
  }

  async #work(group: Group, since: Cursor, hand: (missed: GroupChanges | null) => void): Promise<boolean> {
    const { position } = this.#parts;
    const meanwhile = group.collect();
    try {
      const known = await this.#upTo(group, since, position.cursor);
      if (known === null) return false;
      const { cursor } = position;
      if (meanwhile.isEmpty && cursor === known.upTo) hand(known.changes);
      else {
        const net = new Net(group.resource.info.key);
        net.append(known.net);
        net.append(meanwhile);
        hand(net.total(group.number, cursor));
      }
      return true;
    } finally {
      group.release(meanwhile);
    }
  }

  async #upTo(group: Group, since: Cursor, upTo: Cursor): Promise<Known | null> {
    const kept = this.#known.get(group);
    const base = kept?.since === since ? kept : null;
    if (base?.upTo === upTo) return base;
    const transactions = await this.#log.read(base?.upTo ?? since, upTo);
    if (transactions === null) return null;
    const net = new Net(group.resource.info.key);
    if (base !== null) net.append(base.net);
    if (group.judged === null) addAll(net, group, transactions);
    else if (this.#mayConcern(group, transactions)) return null;
    const known: Known = { since, upTo, net, changes: net.total(group.number, upTo) };
    // What concerns a list that only the database can judge is another thing when its rows have become others.
    if (group.judged === null) this.#known.set(group, known);
    return known;
  }

  #mayConcern(group: Group, transactions: readonly Transaction[]): boolean {
    const { dependents } = this.#parts.groups;
    return transactions.some((transaction) => dependents.mayConcern(group, transaction));
  }
}

function addAll(missed: Net, group: Group, transactions: readonly Transaction[]): void {
  for (const transaction of transactions) {
    const changes = changesOf(group, transaction);
    if (changes !== null) missed.add(changes);
  }
}
