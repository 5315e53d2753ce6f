import type { WireRow } from "../core/json.ts";
import { type KeyText, keyTextOf } from "../core/key/key.ts";
import type { WireOrderTerm } from "../core/protocol/subscribed.ts";
import { jsonEqual } from "./json-equal.ts";

/** What happened to a list: whole rows that entered or changed, and the texts of keys that left. */
export interface ListChange {
  readonly enter?: readonly WireRow[];
  readonly update?: readonly WireRow[];
  readonly leave?: readonly string[];
}

/** Keeps each row of a resource once for all lists that have it. Told of rows as they enter a list, change in it, and leave it. */
export interface RowHolder {
  /** Returns the object that the list is to have. */
  hold(key: KeyText, row: WireRow): WireRow;
  renew(key: KeyText, row: WireRow): WireRow;
  drop(key: KeyText): void;
}

/** How a list finds and places its rows. */
export interface ListShape {
  /** Names of the key's columns, in order. */
  readonly keys: readonly string[];
  /** A total order of the rows: two rows are equal only when they have one key. */
  readonly compare: (a: WireRow, b: WireRow) => number;
  /** The terms of that order, where it has such: by them a row is placed that lacks some fields. */
  readonly order?: readonly WireOrderTerm[] | undefined;
  /** Shares rows with other lists. Without one the list has its own. */
  readonly holder?: RowHolder | undefined;
}

/**
 * The rows of one live list, sorted. `rows` is immutable: it is replaced by a new array when anything in it
 * changes and stays the very same array when nothing does; a row that did not change stays the same object
 * in the next array. Arrays and rows are frozen.
 *
 * The index by key is the list's own and is changed in place, because copying it would cost more than the
 * whole rest: one row changed in 10,000 takes one pass over the array and two binary searches.
 */
export class List {
  readonly #shape: ListShape;
  readonly #byKey = new Map<KeyText, WireRow>();
  /** The same as `rows`, not frozen: engines copy a frozen array many times more slowly. */
  #sorted: readonly WireRow[] = [];
  #rows: readonly WireRow[] = Object.freeze([]);

  constructor(shape: ListShape) {
    this.#shape = shape;
  }

  get rows(): readonly WireRow[] {
    return this.#rows;
  }

  /** The row with a key, or undefined. */
  get(key: KeyText): WireRow | undefined {
    return this.#byKey.get(key);
  }

  /** Replaces all rows, in whatever order they come. `previous` lends its rows (and its array) where they are deeply equal. */
  replace(rows: readonly WireRow[], previous: List = this): void {
    const before = new Map(this.#byKey);
    const lent = previous === this ? before : previous.#byKey;
    this.#byKey.clear();
    for (const row of rows) {
      const key = this.keyOf(row);
      this.#byKey.set(key, this.#intern(key, row, this.#byKey.has(key) || before.has(key), lent.get(key)));
    }
    for (const key of before.keys()) if (!this.#byKey.has(key)) this.#shape.holder?.drop(key);
    this.#sorted = [...this.#byKey.values()].sort(this.#shape.compare);
    const { rows: old } = previous;
    const same = this.#sorted.length === old.length && this.#sorted.every((row, i) => row === old[i]);
    this.#rows = same ? old : Object.freeze(this.#sorted.slice());
  }

  /**
   * Applies what happened, as a whole. Entering with a key that is there already updates it, an update of a
   * row that is not there enters it, and leaving twice is nothing: applying a change again does no harm.
   */
  apply(change: ListChange): void {
    // Where nothing is there, nothing can be met: the first rows need no second index.
    if (this.#byKey.size === 0) return this.replace([...(change.enter ?? []), ...(change.update ?? [])]);
    const arriving = new Map<KeyText, WireRow>();
    for (const row of change.enter ?? []) arriving.set(this.keyOf(row), row);
    for (const row of change.update ?? []) arriving.set(this.keyOf(row), row);
    const removed: WireRow[] = [];
    const added: WireRow[] = [];
    for (const key of change.leave ?? []) {
      const row = this.#byKey.get(key as KeyText);
      if (row === undefined || arriving.has(key as KeyText)) continue;
      this.#byKey.delete(key as KeyText);
      this.#shape.holder?.drop(key as KeyText);
      removed.push(row);
    }
    for (const [key, row] of arriving) {
      const old = this.#byKey.get(key);
      const next = this.#intern(key, row, old !== undefined, old);
      if (next === old) continue;
      if (old !== undefined) removed.push(old);
      this.#byKey.set(key, next);
      added.push(next);
    }
    if (removed.length === 0 && added.length === 0) return;
    this.#sorted = this.#merge(removed, added);
    this.#rows = Object.freeze(this.#sorted.slice());
  }

  /** Gives all rows up: the list is not used any more. */
  end(): void {
    for (const key of this.#byKey.keys()) this.#shape.holder?.drop(key);
  }

  #intern(key: KeyText, row: WireRow, held: boolean, old: WireRow | undefined): WireRow {
    const { holder } = this.#shape;
    if (holder === undefined) return keepIdentity(old, row);
    return held ? holder.renew(key, row) : holder.hold(key, row);
  }

  keyOf(row: WireRow): KeyText {
    return keyTextOf(row, this.#shape.keys);
  }

  /** Where the list's rows stand. */
  get shape(): ListShape {
    return this.#shape;
  }

  #merge(removed: readonly WireRow[], added: WireRow[]): WireRow[] {
    const rows = this.#sorted;
    const gone = removed.map((row) => this.#indexOf(row)).sort((a, b) => a - b);
    const places = added.sort(this.#shape.compare).map((row) => this.#place(row));
    // Rows that keep their places, which is what mostly happens, are put into a plain copy.
    if (gone.length === places.length && gone.every((hole, i) => hole === places[i])) {
      const next = rows.slice();
      for (const [i, place] of places.entries()) next[place] = added[i] as WireRow;
      return next;
    }
    const next: WireRow[] = [];
    let from = 0;
    const copyUpTo = (end: number): void => {
      for (; from < end; from++) next.push(rows[from] as WireRow);
    };
    for (let g = 0, a = 0; g < gone.length || a < added.length; ) {
      const hole = gone[g] ?? Number.POSITIVE_INFINITY;
      const place = places[a] ?? Number.POSITIVE_INFINITY;
      copyUpTo(Math.min(hole, place));
      if (place <= hole) next.push(added[a++] as WireRow);
      else {
        g++;
        from++;
      }
    }
    copyUpTo(rows.length);
    return next;
  }

  #indexOf(row: WireRow): number {
    const place = this.#place(row);
    return this.#sorted[place] === row ? place : this.#sorted.indexOf(row);
  }

  /** The first index whose row does not come before this one. */
  #place(row: WireRow): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#shape.compare(this.#sorted[middle] as WireRow, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keepIdentity(old: WireRow | undefined, row: WireRow): WireRow {
  return old !== undefined && jsonEqual(old, row) ? old : Object.freeze(row);
}
