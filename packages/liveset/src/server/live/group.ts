import type { Change } from "../../core/change/change.ts";
import type { Transition } from "../../core/change/transition.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Projection } from "../operation/projection.ts";
import type { GroupChanges } from "./group-changes.ts";
import { type Judge, judgeOf } from "./judge.ts";
import type { JudgedQuery } from "./judged/judged-query.ts";
import type { LiveQuery } from "./live-query.ts";
import { Net } from "./net.ts";
import type { Audience, Subscriber } from "./subscriber.ts";

/**
 * One canonical live query, shared by all subscriptions to it. What a change means to it follows from the change, unless only
 * the database can tell: then `judged` keeps its rows.
 */
export class Group {
  readonly number: number;
  readonly text: string;
  readonly plan: string;
  readonly resource: CompiledResource;
  readonly projection: Projection;
  /** All that hold the group, those still waiting for their rows included. */
  readonly subscribers: Set<Subscriber> = new Set();
  /** Not null where only the database can tell what a change means. */
  readonly judged: JudgedQuery | null;
  /** Columns of which old values are told beside the rows. */
  readonly traced: readonly string[];
  readonly #judge: Judge;
  /** Those that are up to date, with the number of their subscriptions. */
  readonly #audiences = new Map<Audience, number>();
  readonly #nets = new Set<Net>();

  constructor(number: number, query: LiveQuery, plan: string, judged: JudgedQuery | null) {
    this.number = number;
    this.text = query.text;
    this.plan = plan;
    this.resource = query.bound.resource;
    this.projection = query.bound.projection;
    this.judged = judged;
    this.traced = query.traced;
    this.#judge = judged === null ? judgeOf(query) : () => "none";
  }

  /** Throws what a permission throws. */
  judge(change: Change): Transition {
    return this.#judge(change);
  }

  /** Everything from now on, netted, until `release`. For those whose rows are being read. */
  collect(): Net {
    const net = new Net(this.resource.info.key);
    this.#nets.add(net);
    return net;
  }

  release(net: Net): void {
    this.#nets.delete(net);
  }

  /** From now on the audience gets the group's changes. */
  follow(audience: Audience): void {
    this.#audiences.set(audience, (this.#audiences.get(audience) ?? 0) + 1);
  }

  unfollow(audience: Audience): void {
    const count = this.#audiences.get(audience) ?? 0;
    if (count > 1) this.#audiences.set(audience, count - 1);
    else this.#audiences.delete(audience);
  }

  /** Hands out one transaction's changes and adds to `told` who got them. */
  publish(changes: GroupChanges, told: Set<Audience>): void {
    for (const net of this.#nets) net.add(changes);
    for (const audience of this.#audiences.keys()) {
      told.add(audience);
      audience.changes(changes);
    }
  }
}
