import type { WireRow } from "../../../core/json.ts";
import type { ReferenceClient } from "../../../testing/reference-client.ts";
import type { ReferenceList } from "../../../testing/reference-list.ts";
import type { HistoryAsk } from "./ask.fixture.ts";
import type { Line, Tag } from "./line.fixture.ts";
import { factsText, nameOf, type Truth, textOf } from "./oracle.fixture.ts";
import { type Principal, resourceSpecs } from "./resources.fixture.ts";
import type { Stage } from "./stage.fixture.ts";
import { keyOf } from "./tables.fixture.ts";

/** The least rows that a window knows behind its end. */
const lookAhead = 10;

/** Compares a client's lists with the truth, whenever a frame says at which cursor they stand. */
export class Judge {
  readonly #stage: Stage;
  readonly #line: Line;
  readonly #client: ReferenceClient;
  /** The place at which a list was last found to be: it never goes back. */
  readonly #found = new WeakMap<ReferenceList, number>();
  readonly #texts = new WeakMap<WireRow, string>();

  constructor(stage: Stage, line: Line, client: ReferenceClient) {
    this.#stage = stage;
    this.#line = line;
    this.#client = client;
  }

  /** A frame has arrived and was taken in. */
  heard({ frame, latest, principal }: Tag): void {
    const { placeOf } = this.#places;
    switch (frame.type) {
      case "commit":
      case "subscribed":
      case "pong":
        return this.#judgeAll(placeOf(frame.cursor), latest, principal, frame.type);
      case "response": {
        if (frame.cursor === undefined) return;
        // P6: what its author sees is not older than the write.
        const place = Math.max(placeOf(frame.cursor), placeOf(this.#client.cursor));
        return this.#judgeAll(place, latest, principal, "response");
      }
      case "reset":
        this.#stage.counts.add(`resets: ${frame.reason as "auth" | "scope" | "slow_reader" | "backlog"}`);
        return;
      case "welcome":
      case "changes":
      case "error":
      case "feed":
        return;
      default:
        frame satisfies never;
    }
  }

  /** Nothing is under way: every list is at the last place, and of the present principal. */
  judgeNow(): void {
    this.#line.former = [];
    const { last } = this.#stage.timeline;
    for (const [id, ask] of this.#line.asks) {
      const list = this.#client.lists.get(id);
      if (list === undefined) this.#stage.fault(`P1: ${id} is neither open nor failed: ${ask.text}`);
      else if (list.catchesUp) this.#stage.fault(`P4: ${id} was resumed without a commit`);
      else this.#judge(id, list, last, last, [this.#line.principal], "when nothing is under way");
    }
  }

  get #places(): { placeOf(cursor: string): number } {
    return { placeOf: (cursor) => this.#stage.timeline.placeOf(cursor) ?? this.#stage.timeline.last };
  }

  #judgeAll(place: number, latest: number, principal: Principal | null, when: string): void {
    const principals = [principal, ...this.#line.former];
    for (const [id, list] of this.#client.lists) {
      if (!list.catchesUp) this.#judge(id, list, place, latest, principals, `at ${when} ${place}`);
    }
  }

  #judge(
    id: string,
    list: ReferenceList,
    place: number,
    latest: number,
    principals: readonly (Principal | null)[],
    when: string,
  ): void {
    const ask = this.#line.asks.get(id);
    if (ask === undefined) return;
    const { oracle, counts } = this.#stage;
    const before = this.#found.get(list);
    const first = Math.max(place, before ?? 0);
    const last = ask.exact ? place : Math.max(first, latest);
    counts.add("lists judged");
    counts.add("rows judged", list.rows.size);
    for (let at = first; at <= last; at++) {
      for (const principal of principals) {
        if (!this.#equals(ask, list, oracle.truth(ask, principal, at))) continue;
        this.#found.set(list, at);
        if (before !== undefined && before < at) this.#countSteps(ask, principal, before, at);
        return;
      }
    }
    const who = principals.map(nameOf).join(", before ");
    const truth = oracle.truth(ask, principals[0] ?? null, place);
    this.#stage.fault(
      `P1: ${id} of line ${this.#line.number} (${who}) ${when} (latest ${latest}), ${ask.text}\n  shows ${this.#shown(list)}\n  and should ${[...truth.rows.values()].join(" ")} ${truth.facts}`,
    );
  }

  #equals(ask: HistoryAsk, list: ReferenceList, truth: Truth): boolean {
    if (list.rows.size !== truth.rows.size || factsText(list.facts) !== truth.facts) return false;
    const { table } = resourceSpecs[ask.resource];
    for (const row of list.rows.values()) {
      if (truth.rows.get(keyOf(table, row)) !== this.#textOf(row)) return false;
    }
    return true;
  }

  #textOf(row: WireRow): string {
    const known = this.#texts.get(row);
    if (known !== undefined) return known;
    const text = textOf(row);
    this.#texts.set(row, text);
    return text;
  }

  #shown(list: ReferenceList): string {
    const rows = [...list.rows.values()].map((row) => this.#textOf(row));
    return `${rows.join(" ")} ${factsText(list.facts)}`;
  }

  /** What a list has gone through that only the truth can tell. */
  #countSteps(ask: HistoryAsk, principal: Principal | null, before: number, at: number): void {
    const { oracle, counts } = this.#stage;
    if (ask.exact && this.#line.wasHeld && at - before > 1) {
      const texts = [before, at - 1, at].map((place) =>
        JSON.stringify([...oracle.truth(ask, principal, place).rows]),
      );
      if (texts[0] !== texts[1] && texts[1] !== texts[2]) counts.add("transactions netted");
    }
    const { depth, may } = resourceSpecs[ask.resource];
    if (ask.limit === null || depth > 0 || may !== null || ask.nested.length > 0) return;
    const limit = ask.limit + lookAhead;
    const known = oracle.truth({ ...ask, limit, text: `${ask.text} ahead` }, principal, before).rows;
    const all = oracle.truth({ ...ask, limit: null, text: `${ask.text} all` }, principal, before).rows;
    if (all.size <= known.size) return;
    const keys = [...oracle.truth(ask, principal, at).rows.keys()];
    if (keys.some((key) => all.has(key) && !known.has(key))) counts.add("windows refilled");
  }
}
