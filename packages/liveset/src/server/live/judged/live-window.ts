import type { Change } from "../../../core/change/change.ts";
import {
  hasMore,
  insideOf,
  type ListedChange,
  lookAhead,
  openWindow,
  stepWindow,
  type Window,
  type WindowShape,
  type WindowStep,
} from "../../../core/change/window.ts";
import type { WireRow } from "../../../core/json.ts";
import { keyTextOf } from "../../../core/key/key.ts";
import { compareRows } from "../../../core/query/compare-rows.ts";
import { compilePredicate } from "../../../core/query/evaluate.ts";
import { isExact, isExactPredicate } from "../../../core/query/exactness.ts";
import { seekPredicate } from "../../../core/query/seek.ts";
import type { SqlDialect } from "../../database/sql-dialect.ts";
import type { LiveQuery } from "../live-query.ts";
import type { AskedOfWindow, WindowReading } from "./read-window.ts";

/** A window at a moment. */
export interface WindowState {
  readonly window: Window;
  readonly total: number | null;
}

/** What a window's subscribers are told beside its rows; what is not asked is left out. */
export interface WindowFacts {
  /** Rows of the whole list. */
  readonly total?: number;
  /** Whether the list goes on behind the window. */
  readonly hasMore?: boolean;
}

/** A window after a transaction, and the rows that came into it, changed in it and left it. */
export type LiveWindowStep = Omit<WindowStep, "next"> & { readonly state: WindowState };

interface Follower {
  readonly isListed: (row: WireRow) => boolean;
  /** Whether a row of the list comes after the position that the window begins behind. */
  readonly isBehind: (row: WireRow) => boolean;
}

/**
 * A live query's window on its list: its first rows (behind a position), how many there are in all, or both. Where memory can judge and
 * order rows as the database does it is followed in memory, and read anew only when its look-ahead is used up; else, as where a
 * permission is asked with each row, it is read anew whenever its list may have changed.
 */
export class LiveWindow {
  readonly #limit: number;
  readonly #hasTotal: boolean;
  readonly #shape: WindowShape;
  readonly #follower: Follower | null;
  #state: WindowState = { window: { known: [], isComplete: true }, total: null };

  constructor(
    query: LiveQuery,
    { limit, total }: { readonly limit: number; readonly total: boolean },
    dialect: SqlDialect,
  ) {
    const { order, resource } = query.bound;
    const { columns, key } = resource.info;
    this.#limit = limit;
    this.#hasTotal = total;
    this.#follower = followerOf(query, dialect);
    this.#shape = {
      limit,
      ahead: this.#follower === null ? 1 : lookAhead(limit),
      keyOf: (row) => keyTextOf(row, key),
      compare: compareRows(order, columns),
    };
  }

  /** Whether `step` tells what a transaction means; else only `read` does. */
  get isExact(): boolean {
    return this.#follower !== null;
  }

  get state(): WindowState {
    return this.#state;
  }

  /** What its subscribers are told of it at present. */
  get facts(): WindowFacts {
    return this.factsOf(this.#state);
  }

  /** What the database is asked for when it is read. */
  get asked(): AskedOfWindow {
    const limit = this.#limit === 0 ? 0 : this.#limit + this.#shape.ahead;
    return { limit, total: this.#hasTotal };
  }

  stateOf({ rows, total }: WindowReading): WindowState {
    return { window: openWindow(this.#shape, rows), total };
  }

  /** The rows inside, all columns. */
  insideOf({ window }: WindowState): readonly WireRow[] {
    return insideOf(this.#shape, window);
  }

  /** The rows that are known behind those inside. */
  aheadOf({ window }: WindowState): readonly WireRow[] {
    return window.known.slice(this.#limit);
  }

  factsOf({ window, total }: WindowState): WindowFacts {
    return {
      ...(total === null ? {} : { total }),
      ...(this.#limit === 0 ? {} : { hasMore: hasMore(this.#shape, window) }),
    };
  }

  /** Makes a state the present one. Returns the facts that are others now. */
  become(state: WindowState): WindowFacts {
    const before = this.factsOf(this.#state);
    const after = this.factsOf(state);
    this.#state = state;
    return {
      ...(after.total === undefined || after.total === before.total ? {} : { total: after.total }),
      ...(after.hasMore === undefined || after.hasMore === before.hasMore ? {} : { hasMore: after.hasMore }),
    };
  }

  /** What the changes of one transaction mean to a state; null where the window is to be read anew. */
  step(state: WindowState, changes: readonly Change[]): LiveWindowStep | null {
    const follower = this.#follower;
    if (follower === null) return null;
    let { total } = state;
    const listed: ListedChange[] = [];
    for (const { before, after } of changes) {
      const was = before !== null && follower.isListed(before);
      const is = after !== null && follower.isListed(after);
      if (total !== null) total += Number(is) - Number(was);
      listed.push({
        before: was && follower.isBehind(before) ? before : null,
        after: is && follower.isBehind(after) ? after : null,
      });
    }
    if (this.#limit === 0) {
      return { state: { window: state.window, total }, enter: [], update: [], leave: [] };
    }
    const step = stepWindow(this.#shape, state.window, listed);
    if (step === null) return null;
    const { next, ...changed } = step;
    return { state: { window: next, total }, ...changed };
  }
}

/** Null where memory cannot judge or order rows as the database does, does not know which rows may be seen, or what is nested in them. */
function followerOf({ bound, may }: LiveQuery, dialect: SqlDialect): Follower | null {
  if (may !== null || bound.nested.length > 0) return null;
  const { predicate, order, after, resource } = bound;
  const { columns } = resource.info;
  const isOrdered = order.every(({ column: name }) => {
    const column = columns.get(name);
    return column !== undefined && isExact("gt", column.kind, dialect);
  });
  if (!isOrdered || !isExactPredicate(predicate, columns, dialect)) return null;
  return {
    isListed: compilePredicate(predicate, columns),
    isBehind: after === null ? () => true : compilePredicate(seekPredicate(order, after, columns), columns),
  };
}
