import type { Cursor } from "../../core/change/cursor.ts";
import { LivesetError } from "../../core/error/liveset-error.ts";
import { requestInfo } from "../request-info.ts";
import type { Ask } from "./ask.ts";
import type { Caller } from "./caller.ts";
import { failureOf } from "./failure-of.ts";
import type { Group } from "./group.ts";
import type { GroupChanges } from "./group-changes.ts";
import { Inbox } from "./inbox.ts";
import type { LiveParts } from "./live-parts.ts";
import type { PacedVoice } from "./paced-voice.ts";
import { Requests, type Wish } from "./requests.ts";
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

/**
 * The conversation with one client, in whatever dialect: its subscriptions, its requests, its principal. What it is
 * asked it does in the order of arrival; a failure is told to the client and harms nobody else.
 */
export class Session implements Audience {
  readonly id: string;
  readonly parts: LiveParts;
  readonly voice: PacedVoice;
  readonly inbox: Inbox;
  readonly #request: Request;
  readonly #requests: Requests;
  readonly #subscriptions = new Map<string, Subscription>();
  #caller: Caller;
  #principals = 0;

  constructor({ id, user, request, info }: SessionStart, parts: LiveParts, voice: PacedVoice) {
    this.id = id;
    this.parts = parts;
    this.voice = voice;
    this.inbox = new Inbox(parts.runtime.limits.burst);
    this.#request = request;
    this.#requests = new Requests(this);
    this.#caller = { id, user, request: info };
  }

  get audience(): Audience {
    return this;
  }

  /** The principal of this moment. */
  readonly caller = (): Caller => this.#caller;

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** Says the first frame, and again after a change of the principal. */
  welcome(): void {
    const { database, limits } = this.parts.runtime;
    this.voice.welcome(this.id, database.feed.epoch, this.parts.position.cursor, limits.heartbeat);
  }

  subscribe(id: string, ask: Ask): void {
    this.#inOrder(id, () => {
      if (this.#subscriptions.has(id)) throw new LivesetError("duplicate_id");
      const { limits } = this.parts.runtime;
      if (this.#subscriptions.size >= limits.subscriptions) {
        throw new LivesetError("too_many_subscriptions", {
          detail: `A connection may have ${limits.subscriptions} subscriptions.`,
        });
      }
      const subscription = new Subscription(id, ask, this);
      this.#subscriptions.set(id, subscription);
      subscription.open();
    });
  }

  unsubscribe(id: string): void {
    this.#inOrder(id, () => {
      const subscription = this.#subscriptions.get(id);
      if (subscription === undefined) throw new LivesetError("unknown_subscription");
      this.#subscriptions.delete(id);
      subscription.end();
    });
  }

  request(id: string, wish: Wish): void {
    this.#inOrder(id, () => this.#requests.run(id, this.#caller, wish));
  }

  /** Makes the bearer of a token the principal; an empty token signs out. Everything asked afterwards waits for it. */
  authenticate(token: string): void {
    this.#inOrder(null, () => {
      void this.#authenticate(token).finally(this.inbox.hold());
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
  failed(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.id);
  }

  /** Nothing of a group is followed any more by the subscription: unless another one does, what waits of it is not sent. */
  left(group: Group): void {
    for (const subscription of this.#subscriptions.values()) if (subscription.group === group) return;
    this.voice.discard(group.number);
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

  /** Lets go of everything. */
  end(): void {
    this.inbox.clear();
    this.#requests.end();
    for (const subscription of this.#subscriptions.values()) subscription.end();
    this.#subscriptions.clear();
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

  async #authenticate(token: string): Promise<void> {
    try {
      const request = bearing(this.#request, token);
      const user = token === "" ? null : await this.parts.runtime.authenticate(request);
      const id = `${this.id}/${++this.#principals}`;
      this.#caller = { id, user, request: requestInfo(request) };
    } catch (thrown) {
      this.voice.error(null, failureOf(this.parts.runtime, thrown, { session: this.id }));
      return;
    }
    this.welcome();
    await this.#rebind();
  }

  /** Lists that are others for the new principal are sent anew; those not open yet are opened for it. */
  async #rebind(): Promise<void> {
    const outdated = new Set<Group>();
    const all = [...this.#subscriptions.values()];
    await Promise.all(
      all.map(async (subscription) => {
        const { group } = subscription;
        if (group === null) subscription.open();
        else if (!(await this.#fits(subscription))) outdated.add(group);
      }),
    );
    for (const group of outdated) {
      const affected = [...this.#subscriptions.values()].filter(
        (subscription) => subscription.group === group,
      );
      if (affected.length > 0) this.voice.reset(group.number, "auth");
      for (const subscription of affected) subscription.open();
    }
  }

  async #fits(subscription: Subscription): Promise<boolean> {
    try {
      return await subscription.fits();
    } catch {
      // Opened anew, it fails again, and says why.
      return false;
    }
  }
}

function bearing(opening: Request, token: string): Request {
  const headers = new Headers(opening.headers);
  headers.delete("cookie");
  headers.delete("authorization");
  if (token !== "") headers.set("authorization", `Bearer ${token}`);
  return new Request(opening.url, { headers });
}
