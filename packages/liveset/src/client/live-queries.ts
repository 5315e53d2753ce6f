import type { Clock } from "../core/clock.ts";
import type { LivesetError } from "../core/error/liveset-error.ts";
import type { Down } from "../core/protocol/down.ts";
import type { ErrorFrame } from "../core/protocol/error.ts";
import type { Response } from "../core/protocol/response.ts";
import type { Up } from "../core/protocol/up.ts";
import type { ClientStore } from "../store/client-store.ts";
import { Signal } from "../store/signal.ts";
import type { Turn } from "../store/turn.ts";
import { type Backoff, pause } from "./backoff.ts";
import { canonicalTarget, type Target } from "./canonical.ts";
import type { ClientState, KeptQuery } from "./kept-query.ts";
import type { Connection } from "./live-handle.ts";
import { LiveQuery, pendingRows } from "./live-query.ts";

export interface LiveQueriesOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly backoff: Backoff;
  /** How long a query that nobody holds is kept, in ms. */
  readonly keepAlive: number;
  readonly turn: Turn;
  readonly store: ClientStore | undefined;
  readonly send: (frame: Up) => void;
  readonly onError: (error: unknown) => void;
}

interface Held {
  readonly query: LiveQuery;
  holders: number;
  /** Refusals in a row that may pass by themselves. */
  failures: number;
  /** Ends the wait to be removed (nobody holds it) or to be tried again. */
  cancelTimer: () => void;
}

/** All live queries of a client, one for each canonical query, and the way of the server's frames to them. */
export class LiveQueries {
  readonly #options: LiveQueriesOptions;
  readonly #held = new Map<string, Held>();
  /** Those that the server knows on this connection. */
  readonly #byId = new Map<string, Held>();
  readonly #kept = new Map<string, KeptQuery>();
  #last = 0;
  #ready = false;
  #link: Connection = "paused";
  /** Everything up to it has come on this connection. */
  #cursor: string | null = null;

  constructor(options: LiveQueriesOptions) {
    this.#options = options;
  }

  get isCatchingUp(): boolean {
    return [...this.#held.values()].some(({ query }) => query.isCatchingUp);
  }

  /** Whether a list that somebody holds may be older than what the server has answered. */
  get isBehind(): boolean {
    return [...this.#held.values()].some(({ query, holders }) => holders > 0 && query.isBehind);
  }

  /**
   * The query of a target, held until `release`.
   *
   * @param lender a query whose rows it may have as well: equal ones stay the same objects
   */
  hold(target: Target, lender: LiveQuery | null = null): LiveQuery {
    const canonical = canonicalTarget(target);
    const held = this.#held.get(canonical) ?? this.#add(target, canonical, lender);
    if (held.holders++ === 0) {
      held.cancelTimer();
      this.#options.turn.run(() => this.#askIfIdle(held));
    }
    return held.query;
  }

  release(query: LiveQuery): void {
    const held = this.#held.get(query.canonical);
    if (held?.query !== query || --held.holders > 0) return;
    held.cancelTimer();
    held.cancelTimer = this.#options.clock.after(this.#options.keepAlive, () => {
      this.#options.turn.run(() => this.#remove(held));
    });
  }

  /** What can be kept of all queries. */
  keep(): ClientState {
    return { queries: [...this.#held.values()].flatMap(({ query }) => query.keep(this.#cursor) ?? []) };
  }

  /** What there is of a target's query, without holding it: the query itself, or what was kept of it. */
  peek(target: Target): LiveQuery | KeptQuery | undefined {
    const canonical = canonicalTarget(target);
    return this.#held.get(canonical)?.query ?? this.#kept.get(canonical);
  }

  /** Queries that are opened from now on have what was kept of them. */
  restore({ queries }: ClientState): void {
    for (const kept of queries) {
      const canonical = canonicalTarget(kept.target);
      const held = this.#held.get(canonical);
      if (held === undefined) this.#kept.set(canonical, kept);
      else held.query.restore(kept);
    }
  }

  /** Asks anew, for a whole snapshot. */
  refresh(query: LiveQuery): void {
    const held = this.#held.get(query.canonical);
    if (held?.query !== query) return;
    this.#unsubscribe(held);
    query.forgetCursor();
    this.#askIfIdle(held);
  }

  ready(): void {
    this.#ready = true;
    for (const held of this.#held.values()) this.#askIfIdle(held);
  }

  /** Nothing is asked for until `ready`; frames still come. */
  hush(): void {
    this.#ready = false;
  }

  interrupted(): void {
    this.#ready = false;
    this.#byId.clear();
    for (const held of this.#held.values()) held.query.interrupted(this.#cursor);
    this.#cursor = null;
  }

  linked(link: Connection): void {
    this.#link = link;
    for (const { query } of this.#held.values()) query.linked(link);
  }

  /** The connection is given up for now: what has no answer yet gets none. */
  halted(error: LivesetError): void {
    for (const { query } of this.#held.values()) query.halted(error);
  }

  /** There will never be a connection again. */
  close(error: LivesetError): void {
    for (const held of this.#held.values()) held.cancelTimer();
    this.halted(error);
  }

  frame(frame: Exclude<Down, Response | ErrorFrame>): void {
    const now = this.#options.clock.now();
    switch (frame.type) {
      case "subscribed": {
        const held = this.#byId.get(frame.id);
        const before = this.#cursor;
        this.#cursor = frame.cursor;
        if (held === undefined) break;
        held.failures = 0;
        if (!held.query.subscribed(frame, now, before)) this.refresh(held.query);
        break;
      }
      case "changes":
        this.#each(frame.group, (query) => query.stage(frame));
        break;
      case "commit":
      case "pong":
        this.#cursor = frame.cursor;
        if (frame.type === "commit") this.#options.store?.confirmed(frame.mutations ?? []);
        for (const { query } of this.#byId.values()) query.commit(now);
        break;
      case "reset":
        this.#each(frame.group, (query) => query.reset(frame.reason === "auth"));
        break;
      case "welcome":
      case "feed":
        break;
      default:
        // At run time: a frame of a newer server, which is not for us.
        frame satisfies never;
    }
  }

  #each(group: number, visit: (query: LiveQuery) => void): void {
    for (const { query } of this.#byId.values()) if (query.group === group) visit(query);
  }

  #add(target: Target, canonical: string, lender: LiveQuery | null): Held {
    const { turn, onError } = this.#options;
    const query = new LiveQuery(target, canonical, new Signal(pendingRows, turn, onError), lender);
    query.view = this.#options.store?.open(target, () => query.reshow()) ?? null;
    query.linked(this.#link);
    const kept = this.#kept.get(canonical);
    if (kept !== undefined) query.restore(kept);
    this.#kept.delete(canonical);
    const held: Held = { query, holders: 0, failures: 0, cancelTimer: () => {} };
    this.#held.set(canonical, held);
    return held;
  }

  #askIfIdle(held: Held): void {
    const { query } = held;
    if (!this.#ready || held.holders === 0 || (query.phase !== "idle" && query.phase !== "refused")) return;
    held.cancelTimer();
    const id = `s${++this.#last}`;
    this.#byId.set(id, held);
    this.#options.send(query.ask(id));
  }

  /** Takes an error under the id of a subscription. */
  refused(id: string, error: LivesetError): void {
    const held = this.#byId.get(id);
    if (held === undefined) {
      this.#notEnded(id, error);
      return;
    }
    this.#byId.delete(id);
    held.query.refuse(error);
    if (!error.retry || held.holders === 0) return;
    const { clock, backoff, random, turn } = this.#options;
    const delay = Math.max(backoff.min, pause(backoff, held.failures++, random));
    held.cancelTimer = clock.after(delay, () => turn.run(() => this.#askIfIdle(held)));
  }

  /** The server did not read an `unsubscribe` because there were too many frames, and must not go on for ever. */
  #notEnded(id: string, error: LivesetError): void {
    if (error.code !== "throttled") return;
    const { clock, backoff, turn, send } = this.#options;
    clock.after(backoff.min, () => turn.run(() => this.#ready && send({ type: "unsubscribe", id })));
  }

  #unsubscribe(held: Held): void {
    if (this.#byId.delete(held.query.id)) this.#options.send({ type: "unsubscribe", id: held.query.id });
  }

  #remove(held: Held): void {
    if (held.holders > 0) return;
    this.#held.delete(held.query.canonical);
    this.#unsubscribe(held);
    held.query.end();
  }
}
