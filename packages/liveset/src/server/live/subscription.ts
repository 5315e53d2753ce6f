import type { Cursor } from "../../core/change/cursor.ts";
import type { LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { canonical } from "../../core/query/canonical.ts";
import type { Ask } from "./ask.ts";
import type { Caller } from "./caller.ts";
import { explainRow } from "./explain-row.ts";
import type { Explanation } from "./explanation.ts";
import { failureOf } from "./failure-of.ts";
import type { Group } from "./group.ts";
import type { LiveParts } from "./live-parts.ts";
import { bindLive, type LiveQuery } from "./live-query.ts";
import { planOf } from "./plan.ts";
import { sortRows } from "./sort-rows.ts";
import type { Audience, Subscriber } from "./subscriber.ts";
import type { Opened, Voice } from "./voice.ts";

/** Whose subscription it is. */
export interface SubscriptionOwner {
  readonly parts: LiveParts;
  readonly audience: Audience;
  readonly voice: Voice;
  /** The principal of this moment. */
  caller(): Caller;
  /** The subscription does not follow the group any more. */
  left(group: Group): void;
  /** The subscription failed and is over: its client is to be told. */
  failed(subscription: Subscription, error: LivesetError): void;
}

/**
 * One client's interest in a group.
 *
 *   open ─► bind ─► hold the group ─┬─ since known ─► subscribed (resumed), changes?, commit ─┬─► follow
 *                                   └─ else ────────► rows ─► subscribed ─────────────────────┘
 *
 * Where its principal's rights become others it may move to another group, without being opened anew.
 */
export class Subscription implements Subscriber {
  readonly id: string;
  readonly #ask: Ask;
  readonly #owner: SubscriptionOwner;
  /** The opening that counts; those before it find themselves outdated. */
  #run = 0;
  #group: Group | null = null;
  /** Not null while it waits for rows. */
  #withdraw: (() => void) | null = null;
  #following = false;
  #lost = false;
  /** Where its client left off; outdated as soon as it has been told more. */
  #since: Ask["since"];

  constructor(id: string, ask: Ask, owner: SubscriptionOwner) {
    this.id = id;
    this.#ask = ask;
    this.#since = ask.since;
    this.#owner = owner;
  }

  get audience(): Audience {
    return this.#owner.audience;
  }

  /** The group that it follows, null while it is not up to date. */
  get group(): Group | null {
    return this.#following ? this.#group : null;
  }

  /** Whether its client has been sent the rows. */
  get hasRows(): boolean {
    return this.#ask.rows === undefined;
  }

  /** Whether it was given up for the time being, and is to be opened again. */
  get isLost(): boolean {
    return this.#lost;
  }

  /** Opens it, or opens it anew: for the principal of this moment. */
  open(): void {
    this.end();
    this.#lost = false;
    void this.#open(this.#run);
  }

  /** Binds what is asked for the principal of this moment. Rejects where it may follow nothing. */
  bind(): Promise<LiveQuery> {
    const { parts, caller } = this.#owner;
    return bindLive(parts.runtime, caller(), this.#ask);
  }

  /**
   * Follows another group from now on in place of the one that it follows. Nothing is said.
   *
   * @param group is held by somebody until this returns
   * @param cursor where its client stands
   * @returns what the client is to be told
   */
  move(group: Group, query: LiveQuery, cursor: Cursor): Opened {
    const { parts } = this.#owner;
    const before = this.#group;
    parts.groups.join(query, group.plan, this);
    this.#group = group;
    group.follow(this.audience);
    if (before !== null) {
      before.unfollow(this.audience);
      parts.groups.leave(before, this);
      this.#owner.left(before);
    }
    return this.#opened(group, query, null, cursor);
  }

  /** Lets go of the group. Nothing more is said. */
  end(): void {
    this.#run++;
    const group = this.#group;
    if (group === null) return;
    const followed = this.#following;
    if (followed) group.unfollow(this.audience);
    this.#following = false;
    this.#group = null;
    this.#withdraw?.();
    this.#withdraw = null;
    this.#owner.parts.groups.leave(group, this);
    if (followed) this.#owner.left(group);
  }

  /** What is known of it, apart from its connection. */
  async explain(): Promise<Omit<Explanation, "waiting" | "lastError"> & { readonly error: unknown }> {
    const { parts, caller } = this.#owner;
    const { resource, action } = this.#ask;
    const query = bindLive(parts.runtime, caller(), this.#ask);
    const [bound] = await Promise.allSettled([query]);
    const group = this.#group;
    return {
      resource,
      action,
      state: this.#lost ? "reset" : this.#following ? "live" : "opening",
      plan: bound.status === "fulfilled" ? canonical(bound.value.bound.predicate) : null,
      found: group === null ? null : parts.groups.foundBy(group),
      subscribers: group?.subscribers.size ?? 0,
      row: async (key) => explainRow(parts.runtime, await query, key),
      error: bound.status === "rejected" ? bound.reason : null,
    };
  }

  /** Lets go of the group until it is opened again. */
  lose(): void {
    this.end();
    this.#lost = true;
  }

  /** Ends it, and says why. */
  fail(error: LivesetError): void {
    this.end();
    this.#owner.failed(this, error);
  }

  /** Ends it, because it could not be bound. */
  refuse(thrown: unknown): void {
    const { runtime } = this.#owner.parts;
    this.fail(failureOf(runtime, thrown, { resource: this.#ask.resource, subscription: this.id }));
  }

  /** Begins anew, and says why. */
  reset(reason: string): void {
    const { group } = this;
    this.open();
    if (group !== null) this.#owner.voice.reset(group.number, reason);
  }

  async #open(run: number): Promise<void> {
    const { parts } = this.#owner;
    try {
      const query = await this.bind();
      const plan = parts.groups.find(query.text)?.plan ?? (await planOf(query.text));
      if (run !== this.#run) return;
      const group = parts.groups.join(query, plan, this);
      this.#group = group;
      const resumed = await this.#resume(run, group, query);
      if (run === this.#run && !resumed) this.#begin(group, query);
    } catch (thrown) {
      if (run === this.#run) this.refuse(thrown);
    }
  }

  async #resume(run: number, group: Group, query: LiveQuery): Promise<boolean> {
    const { voice, parts } = this.#owner;
    const since = this.#since;
    if (since === undefined || (since.plan !== group.plan && this.#ask.anyPlan !== true)) return false;
    const { feed } = parts.runtime.database;
    const cursor = await feed.parse(since.cursor);
    if (cursor === null) return false;
    return parts.missed.since(group, cursor, (changes) => {
      if (run !== this.#run) return;
      this.#follow(group, query, null);
      if (changes !== null) voice.changes(changes);
      voice.commit(parts.position.cursor, []);
    });
  }

  #begin(group: Group, query: LiveQuery): void {
    const { rows } = this.#ask;
    const { predicate } = query.bound;
    if (rows === undefined || !query.isList || group.judged !== null) this.#awaitRows(group, query);
    else if (rows === false) this.#follow(group, query, []);
    else if (predicate.op === "true") this.#follow(group, query, null);
    else this.#awaitRows(group, query);
  }

  #awaitRows(group: Group, query: LiveQuery): void {
    const waiter = {
      ready: (rows: readonly WireRow[]): void => this.#follow(group, query, sortRows(rows, query)),
      fail: (error: LivesetError): void => this.fail(error),
    };
    this.#withdraw = this.#owner.parts.snapshots.wait(group, query, waiter);
  }

  #follow(group: Group, query: LiveQuery, rows: readonly WireRow[] | null): void {
    const { voice, parts } = this.#owner;
    this.#withdraw = null;
    this.#following = true;
    this.#since = undefined;
    group.follow(this.audience);
    voice.subscribed(this.#opened(group, query, rows, parts.position.cursor));
  }

  #opened(
    group: Group,
    { bound, order }: LiveQuery,
    rows: readonly WireRow[] | null,
    cursor: Cursor,
  ): Opened {
    return {
      id: this.id,
      group: group.number,
      cursor,
      plan: group.plan,
      keys: bound.resource.info.key,
      order,
      rows,
      ...group.judged?.window?.facts,
    };
  }
}
