import type { Change } from "../../core/change/change.ts";
import type { Transition } from "../../core/change/transition.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Projection } from "../operation/projection.ts";
import type { GroupChanges } from "./group-changes.ts";
import { type Judge, judgeOf } from "./judge.ts";
import type { JudgedQuery } from "./judged/judged-query.ts";
import type { LiveQuery } from "./live-query.ts";
import { Net } from "./net.ts";
import { SmallSet } from "./small-set.ts";
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
  /** The condition of its rows. */
  readonly predicate: Predicate;
  /** All that hold the group, those still waiting for their rows included. */
  readonly subscribers: SmallSet<Subscriber> = new SmallSet();
  /** Not null where only the database can tell what a change means. */
  readonly judged: JudgedQuery | null;
  /** Columns of which old values are told beside the rows. */
  readonly traced: readonly string[];
  readonly #may: LiveQuery["may"];
  /** Made for the first change: of a million groups few see one at any time. */
  #judge: Judge | null = null;
  /** Those that are up to date. */
  readonly #audiences = new SmallSet<Audience>();
  /** How many subscriptions they have, of those that have several. */
  #counts: Map<Audience, number> | null = null;
  #nets: SmallSet<Net> | null = null;

  constructor(number: number, query: LiveQuery, plan: string, judged: JudgedQuery | null) {
    this.number = number;
    this.text = query.text;
    this.plan = plan;
    this.resource = query.bound.resource;
    this.projection = query.bound.projection;
    this.predicate = query.bound.predicate;
    this.judged = judged;
    this.traced = query.traced;
    this.#may = query.may;
  }

  /** Of a group that memory can judge. Throws what a permission throws. */
  judge(change: Change): Transition {
    this.#judge ??= judgeOf(this.predicate, this.resource, this.#may);
    return this.#judge.transition(change);
  }

  /** Everything from now on, netted, until `release`. For those whose rows are being read. */
  collect(): Net {
    const net = new Net(this.resource.info.key);
    this.#nets ??= new SmallSet();
    this.#nets.add(net);
    return net;
  }

  release(net: Net): void {
    this.#nets?.delete(net);
    if (this.#nets?.size === 0) this.#nets = null;
  }

  /** From now on the audience gets the group's changes. */
  follow(audience: Audience): void {
    if (!this.#audiences.has(audience)) return this.#audiences.add(audience);
    this.#counts ??= new Map();
    this.#counts.set(audience, this.#countOf(audience) + 1);
  }

  unfollow(audience: Audience): void {
    const count = this.#countOf(audience);
    if (count === 1) this.#audiences.delete(audience);
    else if (count === 2) this.#counts?.delete(audience);
    else this.#counts?.set(audience, count - 1);
  }

  /** Hands out one transaction's changes and adds to `told` who got them. */
  publish(changes: GroupChanges, told: Set<Audience>): void {
    for (const net of this.#nets ?? []) net.add(changes);
    for (const audience of this.#audiences) {
      told.add(audience);
      audience.changes(changes);
    }
  }

  #countOf(audience: Audience): number {
    return this.#counts?.get(audience) ?? 1;
  }
}
