import type { LivesetError } from "../core/error/liveset-error.ts";
import type { WireRow } from "../core/json.ts";
import type { Changes } from "../core/protocol/changes.ts";
import type { Since, Subscribe } from "../core/protocol/subscribe.ts";
import type { Subscribed } from "../core/protocol/subscribed.ts";
import type { Column } from "../core/query/column-kind.ts";
import { compareRows } from "../core/query/compare-rows.ts";
import type { LiveView } from "../store/client-store.ts";
import { List, type ListChange } from "../store/list.ts";
import type { Signal } from "../store/signal.ts";
import type { Target } from "./canonical.ts";
import type { KeptQuery } from "./kept-query.ts";
import type { Connection, LiveResult } from "./live-handle.ts";

/**
 * Where a query stands with the server.
 * - `idle`: not asked for on this connection
 * - `asked`: a `subscribed` will come
 * - `resuming`: what was missed will come, up to the next commit
 * - `live`: equal to the server's at every commit
 * - `refused`: the server said no, or ended it
 */
type Phase = "idle" | "asked" | "resuming" | "live" | "refused";

export type Rows = readonly WireRow[];

/** What a window or a count has beside its rows. */
type Facts = Pick<LiveResult<Rows>, "total" | "hasMore">;

export const pendingRows: LiveResult<Rows> = Object.freeze({
  data: Object.freeze([]),
  status: "pending",
  connection: "paused",
  error: null,
  isStale: false,
  recovery: null,
  updatedAt: null,
});

const forgotten = { data: pendingRows.data, updatedAt: null, total: undefined, hasMore: undefined };

/** One query as the server knows it, shared by all handles that ask for the same. */
export class LiveQuery {
  readonly target: Target;
  readonly canonical: string;
  readonly result: Signal<LiveResult<Rows>>;
  /** The id of the present subscription. */
  id = "";
  /** The server's number for the group, while there is one. */
  group: number | null = null;
  phase: Phase = "idle";
  #list: List | null = null;
  /** Whether it ever had rows. */
  #opened = false;
  #lender: LiveQuery | null;
  #since: Since | null = null;
  #plan = "";
  /** Key and order as the server named them; a newer server may name others. */
  #shape = "";
  #staged: (ListChange & Facts)[] = [];
  #link: Connection = "paused";
  /** What a page shows that is rendered on a server, and in the browser until it has taken over. */
  rendered: LiveResult<Rows> = pendingRows;
  /** How a store shows its rows, where there is one. */
  view: LiveView | null = null;

  /** @param lender lends its rows, where they are equal, to the first snapshot */
  constructor(
    target: Target,
    canonical: string,
    result: Signal<LiveResult<Rows>>,
    lender: LiveQuery | null = null,
  ) {
    this.#lender = lender;
    this.target = target;
    this.canonical = canonical;
    this.result = result;
  }

  /** Whether its rows wait to be confirmed. */
  get isCatchingUp(): boolean {
    return this.#list !== null && (this.phase === "asked" || this.phase === "resuming");
  }

  /** Whether its rows may be older than what the server has answered. */
  get isBehind(): boolean {
    return this.#list !== null && this.phase !== "live" && this.phase !== "refused";
  }

  /** Why nothing more will come by itself; null while something may. */
  get refusal(): LivesetError | null {
    return this.phase === "asked" ? null : this.result.getSnapshot().error;
  }

  /** The frame that asks for it, from where the last connection left off. */
  ask(id: string): Subscribe {
    this.id = id;
    this.phase = "asked";
    this.#show({});
    return { type: "subscribe", id, ...this.target, ...(this.#since === null ? {} : { since: this.#since }) };
  }

  /**
   * @param cursor everything up to it had come before
   * @returns false where the server goes on from rows that are not here: then it is to be asked anew
   */
  subscribed(frame: Subscribed, now: number, cursor: string | null): boolean {
    const { resumed } = frame;
    if (resumed && this.#list === null) return false;
    // The list becomes another one in place. Until the commit it is what it was.
    if (resumed && this.phase === "live") this.#leaveOff(cursor);
    this.group = frame.group;
    this.#plan = frame.plan;
    this.#staged = resumed ? [factsOf(frame)] : [];
    if (!resumed || shapeOf(frame) !== this.#shape) {
      this.#place(frame, (resumed ? this.#list?.rows : frame.rows) ?? []);
    }
    this.phase = resumed ? "resuming" : "live";
    this.#lender = null;
    const recovery = this.#opened ? "reset" : null;
    this.#opened = true;
    if (resumed) {
      this.#show({});
      return true;
    }
    this.#show({
      ...factsOf(frame),
      status: "success",
      error: null,
      recovery,
      updatedAt: now,
    });
    return true;
  }

  stage(frame: Changes): void {
    this.#staged.push(frame);
  }

  /** Everything up to the present has come. */
  commit(now: number): void {
    const list = this.#list;
    if (list === null || (this.phase !== "live" && this.phase !== "resuming")) return;
    const before = list.rows;
    let facts: Facts = {};
    for (const change of this.#staged) {
      list.apply(change);
      facts = { ...facts, ...factsOf(change) };
    }
    this.#staged = [];
    const old = this.result.getSnapshot();
    const recovery = this.phase === "resuming" ? "resumed" : old.recovery;
    this.phase = "live";
    const updatedAt = list.rows === before ? old.updatedAt : now;
    this.#show({ ...facts, status: "success", error: null, recovery, updatedAt });
  }

  /** The server keeps the group no longer; `subscribed` follows. The rows stay unless they must not be seen any more. */
  reset(forget: boolean): void {
    this.group = null;
    this.phase = "asked";
    this.#staged = [];
    this.#since = null;
    if (forget) this.#forget();
    this.#show(forget ? { ...forgotten, status: "pending" } : {});
  }

  /** The server said no. The rows go, because what was lost may be the right to see them, unless the reason will pass. */
  refuse(error: LivesetError): void {
    this.group = null;
    this.phase = "refused";
    this.#staged = [];
    this.#since = null;
    if (error.retry) this.#show({ status: "error", error });
    else {
      this.#forget();
      this.#show({ ...forgotten, status: "error", error });
    }
  }

  /** There will be no connection until the user asks for one. */
  halted(error: LivesetError): void {
    this.#show(this.#list === null ? { status: "error", error } : { error });
  }

  /** The connection was lost when everything up to `cursor` had come. */
  interrupted(cursor: string | null): void {
    if (this.phase === "live") this.#leaveOff(cursor);
    this.group = null;
    this.phase = "idle";
    this.#staged = [];
    this.#show({});
  }

  /** Forgets where it left off, so that the next `ask` brings a whole snapshot. */
  forgetCursor(): void {
    this.group = null;
    this.phase = "idle";
    this.#staged = [];
    this.#since = null;
    this.#show({ status: this.#list === null ? "pending" : "success", error: null });
  }

  /** The client's connection is in another state. */
  linked(link: Connection): void {
    this.#link = link;
    this.#show({});
  }

  /** The rows are shown differently. */
  reshow(): void {
    this.#show({});
  }

  /** What can be kept of it, when everything up to `cursor` has come; null where there is nothing. From now on it is what a server renders. */
  keep(cursor: string | null): KeptQuery | null {
    const list = this.#list;
    if (list === null) return null;
    if (this.phase === "live") this.#leaveOff(cursor);
    const { keys, order = [] } = list.shape;
    const { updatedAt, total, hasMore } = this.result.getSnapshot();
    const { rows } = list;
    this.#render(rows, updatedAt, { total, hasMore });
    return { target: this.target, keys, order, rows, since: this.#since, updatedAt, total, hasMore };
  }

  /** Has what was kept, unless it has something already. */
  restore(kept: KeptQuery): void {
    if (this.#list !== null) return;
    this.#place(kept, kept.rows);
    this.#opened = true;
    this.#since = kept.since;
    this.#plan = kept.since?.plan ?? "";
    const { updatedAt } = kept;
    this.#show({ ...factsOf(kept), status: "success", updatedAt });
    this.#render(this.result.getSnapshot().data, updatedAt, kept);
  }

  #render(data: Rows, updatedAt: number | null, facts: Facts): void {
    const parts = { ...factsOf(facts), status: "success", isStale: true, updatedAt } as const;
    this.rendered = Object.freeze({ ...pendingRows, ...parts, data });
  }

  #place(shape: Pick<Subscribed, "keys" | "order">, rows: Rows): void {
    const { keys, order } = shape;
    const list = new List({ keys, order, compare: comparator(order), holder: this.view?.holder(keys) });
    const lent = this.#lender === null ? null : this.#lender.#list;
    list.replace(rows, this.#list ?? lent ?? undefined);
    this.#list?.end();
    this.#list = list;
    this.#shape = shapeOf(shape);
  }

  /** It is not used any more. */
  end(): void {
    this.#forget();
    this.view?.end();
  }

  #forget(): void {
    this.#list?.end();
    this.#list = null;
  }

  #leaveOff(cursor: string | null): void {
    if (cursor !== null) this.#since = { cursor, plan: this.#plan };
  }

  #connection(): Connection {
    if (this.#link !== "live")
      return this.#list === null && this.#link === "catching-up" ? "connecting" : this.#link;
    if (this.phase === "live") return "live";
    if (this.phase === "refused") return "paused";
    return this.#list === null ? "connecting" : "catching-up";
  }

  #show(part: Partial<LiveResult<Rows>>): void {
    const old = this.result.getSnapshot();
    const connection = this.#connection();
    const list = this.#list;
    const isStale = list !== null && connection !== "live";
    const next: { -readonly [K in keyof LiveResult<Rows>]: LiveResult<Rows>[K] } = {
      ...old,
      ...part,
      connection,
      isStale,
    };
    if (list !== null)
      next.data =
        this.view?.show(list, { hasMore: next.hasMore === true, isBehind: this.isBehind }) ?? list.rows;
    const same = (Object.keys(next) as (keyof LiveResult<Rows>)[]).every((key) => next[key] === old[key]);
    if (!same) this.result.set(Object.freeze(next));
  }
}

/** Those facts that a frame tells. */
function factsOf({ total, hasMore }: Facts): Facts {
  return { ...(total === undefined ? {} : { total }), ...(hasMore === undefined ? {} : { hasMore }) };
}

function shapeOf({ keys, order }: Pick<Subscribed, "keys" | "order">): string {
  return JSON.stringify([keys, order]);
}

function comparator(order: Subscribed["order"]): (a: WireRow, b: WireRow) => number {
  const columns = new Map(
    order.map(({ column, kind }): [string, Column] => [column, { name: column, kind, nullable: true }]),
  );
  return compareRows(order, columns);
}
