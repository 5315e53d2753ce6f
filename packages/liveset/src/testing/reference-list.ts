import type { WireRow } from "../core/json.ts";
import { keyTextOf } from "../core/key/key.ts";
import type { Changes } from "../core/protocol/changes.ts";
import type { Since } from "../core/protocol/subscribe.ts";
import type { Subscribed } from "../core/protocol/subscribed.ts";

/** A list that a lost connection leaves behind. */
export interface LeftBehind {
  readonly rows: ReadonlyMap<string, WireRow>;
  readonly since: Since;
}

/** One list of a reference client: what has been committed, and what waits for its commit. */
export class ReferenceList {
  readonly group: number;
  readonly plan: string;
  readonly keys: readonly string[];
  #rows: ReadonlyMap<string, WireRow>;
  #staged: Map<string, WireRow>;
  /** Until its first commit after a resumption: others of the same group may be told again what they know. */
  catchesUp: boolean;
  /** What may be resumed while it catches up: the list that it goes on from. */
  readonly #before: LeftBehind | null;
  /** Of a window or a count, after the last commit: rows of the whole list, and whether it goes on behind the window. */
  facts: Pick<Changes, "total" | "hasMore">;
  #stagedFacts: Pick<Changes, "total" | "hasMore">;

  constructor({ group, plan, keys, rows, resumed, total, hasMore }: Subscribed, before: LeftBehind | null) {
    this.#before = resumed ? before : null;
    this.group = group;
    this.plan = plan;
    this.keys = keys;
    this.catchesUp = resumed;
    const known = (rows ?? []).map((row) => [keyTextOf(row, keys), row] as const);
    this.#rows = resumed ? (before?.rows ?? new Map()) : new Map(known);
    this.#staged = new Map(this.#rows);
    this.facts = factsOf(total, hasMore);
    this.#stagedFacts = this.facts;
  }

  /** The rows after the last commit, by key. */
  get rows(): ReadonlyMap<string, WireRow> {
    return this.#rows;
  }

  /** What the next connection may resume, where the client stands at `cursor`. */
  leaveBehind(cursor: string): LeftBehind {
    const { rows, plan } = this;
    return (this.catchesUp ? this.#before : null) ?? { rows, since: { cursor, plan } };
  }

  /** Takes in what a transaction did. Returns what contradicts what the list knows. */
  stage({ enter = [], update = [], leave = [], total, hasMore }: Changes): string[] {
    const faults: string[] = [];
    this.#stagedFacts = { ...this.#stagedFacts, ...factsOf(total, hasMore) };
    for (const key of leave) if (!this.#staged.delete(key)) faults.push(`${key} leaves and was not there`);
    for (const row of enter) {
      const key = keyTextOf(row, this.keys);
      if (this.#staged.has(key)) faults.push(`${key} enters and is there`);
      this.#staged.set(key, row);
    }
    for (const row of update) {
      const key = keyTextOf(row, this.keys);
      if (!this.#staged.has(key)) faults.push(`${key} is updated and is not there`);
      this.#staged.set(key, row);
    }
    return faults;
  }

  /** Shows what was staged. */
  commit(): void {
    this.#rows = new Map(this.#staged);
    this.facts = this.#stagedFacts;
    this.catchesUp = false;
  }
}

function factsOf(
  total: number | undefined,
  hasMore: boolean | undefined,
): Pick<Changes, "total" | "hasMore"> {
  return { ...(total === undefined ? {} : { total }), ...(hasMore === undefined ? {} : { hasMore }) };
}
