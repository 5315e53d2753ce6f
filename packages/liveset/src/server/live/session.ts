import type { Cursor } from "../../core/change/cursor.ts";
import type { Code } from "../../core/error/codes.ts";
import { LivesetError } from "../../core/error/liveset-error.ts";
import type { Ask } from "./ask.ts";
import type { Caller } from "./caller.ts";
import type { Explanation } from "./explanation.ts";
import { failureOf } from "./failure-of.ts";
import type { Group } from "./group.ts";
import type { GroupChanges } from "./group-changes.ts";
import { Inbox } from "./inbox.ts";
import type { LiveParts } from "./live-parts.ts";
import type { PacedVoice } from "./paced-voice.ts";
import { Principal, type PrincipalHold } from "./principal.ts";
import { Rebinding } from "./rebinding.ts";
import { type BatchWish, Requests, type Wish } from "./requests.ts";
import type { Audience } from "./subscriber.ts";
import { Subscription } from "./subscription.ts";

/** What a session begins with. */
export interface SessionStart {
  readonly id: string;
  readonly user: Caller["user"];
  /** The request that opened the connection, and what contexts show of it. */
  readonly request: Request;
  readonly info: Caller["request"];
}

/** Whose session it is. */
export interface SessionOwner {
  /** Closes the connection with the close code of an error. */
  close(code: Code): void;
  /** The principal is another one, or has other rights; what was followed has been bound anew. */
  rebound(): void;
}

/**
 * The conversation with one client, in whatever dialect: its subscriptions, its requests, its principal. What it is
 * asked it does in the order of arrival; a failure is told to the client and harms nobody else.
 */
export class Session implements Audience {
  readonly id: string;
  readonly parts: LiveParts;
  readonly voice: PacedVoice;
  readonly inbox: Inbox;
  readonly #requests: Requests;
  readonly #subscriptions = new Map<string, Subscription>();
  /** Those that the client did not ask for. */
  readonly #standing = new Set<string>();
  /** Those that failed last, by id, as many as may be open. */
  readonly #failures = new Map<
    string,
    { readonly subscription: Subscription; readonly error: LivesetError }
  >();
  readonly #principal: Principal;
  readonly #rebindings = new Set<Rebinding>();

  constructor(start: SessionStart, parts: LiveParts, voice: PacedVoice, owner: SessionOwner) {
    this.id = start.id;
    this.parts = parts;
    this.voice = voice;
    this.inbox = new Inbox(parts.runtime.limits.burst);
    this.#requests = new Requests(this);
    this.#principal = new Principal(
      {
        runtime: parts.runtime,
        principals: parts.principals,
        hold: () => this.#hold(owner),
        accepted: () => this.welcome(),
        refused: (thrown) => voice.error(null, failureOf(parts.runtime, thrown, { session: start.id })),
        over: owner.close,
      },
      start,
    );
  }

  get audience(): Audience {
    return this;
  }

  /** The principal of this moment. */
  readonly caller = (): Caller => this.#principal.caller;

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** How many of them are not open yet, or not open any more until the client has read what waits. */
  get opening(): number {
    return [...this.#subscriptions.values()].filter(({ group }) => group === null).length;
  }

  /** Greets the client; from now on its principal's time counts. */
  begin(): void {
    this.welcome();
    this.#principal.begin();
  }

  /** Says the first frame, and again after a change of the principal. */
  welcome(): void {
    const { database, limits } = this.parts.runtime;
    this.voice.welcome(this.id, database.feed.epoch, this.parts.position.cursor, limits.heartbeat);
    if (!this.parts.position.isLive) this.voice.feed(false);
  }

  subscribe(id: string, ask: Ask): void {
    this.#inOrder(id, () => {
      if (this.#subscriptions.has(id)) throw new LivesetError("duplicate_id");
      const { limits } = this.parts.runtime;
      const asked = this.#subscriptions.size - this.#standing.size;
      if (asked >= limits.subscriptions) {
        throw new LivesetError("too_many_subscriptions", {
          detail: `A connection may have ${limits.subscriptions} subscriptions.`,
        });
      }
      this.#open(id, ask);
    });
  }

  /** As `subscribe`, for what the dialect follows without being asked: it is not counted among what the client may open. */
  follow(id: string, ask: Ask): void {
    this.#inOrder(id, () => {
      if (this.#subscriptions.has(id)) throw new LivesetError("duplicate_id");
      this.#standing.add(id);
      this.#open(id, ask);
    });
  }

  unsubscribe(id: string): void {
    this.#inOrder(id, () => {
      const subscription = this.#subscriptions.get(id);
      if (subscription === undefined) throw new LivesetError("unknown_subscription");
      this.#forget(id);
      subscription.end();
    });
  }

  request(id: string, wish: Wish | BatchWish): void {
    this.#inOrder(id, () => this.#requests.run(id, this.caller(), wish));
  }

  /** Makes the bearer of a token the principal; an empty token signs out. Everything asked afterwards waits for it. */
  authenticate(token: string): void {
    this.#inOrder(null, () => {
      void this.#principal.present(token).finally(this.inbox.hold());
    });
  }

  /** Answered at once, whatever waits: it tells that the connection lives. */
  ping(): void {
    this.voice.pong(this.parts.position.cursor);
  }

  changes(changes: GroupChanges): void {
    this.voice.changes(changes);
  }

  commit(cursor: Cursor, mutations: readonly string[]): void {
    this.voice.commit(cursor, mutations);
  }

  /** A subscription that failed is no longer open. */
  failed(subscription: Subscription, error: LivesetError): void {
    const { id } = subscription;
    this.#forget(id);
    this.voice.ended(id, error);
    this.#failures.delete(id);
    this.#failures.set(id, { subscription, error });
    if (this.#failures.size <= this.parts.runtime.limits.subscriptions) return;
    const [oldest = ""] = this.#failures.keys();
    this.#failures.delete(oldest);
  }

  /** What is known of a subscription; null for an id that is not open and has not failed lately. */
  async explain(id: string): Promise<Explanation | null> {
    const subscription = this.#subscriptions.get(id);
    const failure = this.#failures.get(id);
    const subject = subscription ?? failure?.subscription;
    if (subject === undefined) return null;
    const { error, ...known } = await subject.explain();
    const lastError =
      error === null ? (failure?.error ?? null) : failureOf(this.parts.runtime, error, { subscription: id });
    const state = subscription === undefined ? "failed" : known.state;
    return { ...known, state, waiting: this.voice.waiting, lastError };
  }

  /** Nothing of a group is followed any more by the subscription: unless another one does, what waits of it is not sent. */
  left(group: Group): void {
    for (const subscription of this.#subscriptions.values()) if (subscription.group === group) return;
    this.voice.discard(group.number);
    for (const rebinding of this.#rebindings) rebinding.left(group);
  }

  /** Names of the key's columns of a group that is followed. */
  keysOf(group: number): readonly string[] {
    return this.#following(group)[0]?.group?.resource.info.key ?? [];
  }

  /** Too much of a group waits for a client that reads slowly: it is followed again after `caughtUp`. */
  lose(group: number): void {
    for (const subscription of this.#following(group)) subscription.lose();
    this.voice.reset(group, "slow_reader");
  }

  /** The client has been sent everything. */
  caughtUp(): void {
    for (const subscription of [...this.#subscriptions.values()])
      if (subscription.isLost) subscription.open();
  }

  /** Tells the client whether the server hears of changes. */
  feed(live: boolean): void {
    this.voice.feed(live);
  }

  /** All lists begin anew, and the client is told why. */
  restart(reason: string): void {
    const outdated = new Set<Group>();
    for (const subscription of [...this.#subscriptions.values()]) {
      const { group, isLost } = subscription;
      // One that was given up begins anew by itself.
      if (isLost) continue;
      if (group !== null) outdated.add(group);
      subscription.open();
    }
    for (const { number } of outdated) this.voice.reset(number, reason);
  }

  /** Lets go of everything. */
  end(): void {
    this.#principal.end();
    for (const rebinding of this.#rebindings) rebinding.end();
    this.inbox.clear();
    this.#requests.end();
    for (const subscription of this.#subscriptions.values()) subscription.end();
    this.#subscriptions.clear();
    this.#standing.clear();
  }

  #open(id: string, ask: Ask): void {
    const subscription = new Subscription(id, ask, this);
    this.#subscriptions.set(id, subscription);
    subscription.open();
  }

  #forget(id: string): void {
    this.#subscriptions.delete(id);
    this.#standing.delete(id);
  }

  #following(group: number): readonly Subscription[] {
    return [...this.#subscriptions.values()].filter((subscription) => subscription.group?.number === group);
  }

  #inOrder(id: string | null, task: () => void): void {
    const taken = this.inbox.push(() => {
      try {
        task();
      } catch (thrown) {
        this.voice.error(id, failureOf(this.parts.runtime, thrown, { session: this.id }));
      }
    });
    if (!taken) this.voice.error(id, new LivesetError("throttled"));
  }

  /** The principal's rights are being found out: nothing is sent, and nothing that is asked is done. */
  #hold({ rebound }: SessionOwner): PrincipalHold {
    const { parts, voice, audience, inbox } = this;
    const letIn = inbox.hold();
    const subscriptions = (): readonly Subscription[] => [...this.#subscriptions.values()];
    const rebinding = new Rebinding({ parts, voice, audience, subscriptions });
    this.#rebindings.add(rebinding);
    return {
      changed: async (reason) => {
        await rebinding.changed(reason);
        rebound();
      },
      release: () => {
        this.#rebindings.delete(rebinding);
        rebinding.end();
        letIn();
      },
    };
  }
}
