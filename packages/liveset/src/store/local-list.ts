import type { WireRow } from "../core/json.ts";
import { type KeyText, keyTextOf } from "../core/key/key.ts";
import { compareText } from "../core/query/compare-text.ts";
import { List, type RowHolder } from "./list.ts";
import { Listeners } from "./listeners.ts";
import type { Rows, RowsParts } from "./rows.ts";
import type { Emitter } from "./turn.ts";

/** The rows are the store's already. */
const itself: RowHolder = { hold: (_, row) => row, renew: (_, row) => row, drop: () => {} };

/** What a list over a store's rows has, and in which order. */
export interface LocalQuery<Row> {
  /** Which rows. Default: all. */
  readonly filter?: (row: Row) => boolean;
  /** Their order; equal rows stand in the order of their keys' texts. */
  readonly compare?: (a: Row, b: Row) => number;
}

/**
 * A list over the rows that a store holds, kept up to date row by row: what is not in the store is not in it. Made by
 * `Rows.list`; release it when it is not needed any more.
 */
export class LocalList<Row extends object> implements Emitter {
  readonly #rows: Rows<Row>;
  readonly #parts: RowsParts;
  readonly #filter: (row: Row) => boolean;
  readonly #list: List;
  readonly #listeners: Listeners;
  readonly #dirty = new Set<KeyText>();
  readonly #end: () => void;
  #told: readonly WireRow[];

  constructor(
    rows: Rows<Row>,
    parts: RowsParts,
    { filter = () => true, compare = () => 0 }: LocalQuery<Row>,
  ) {
    const { keys } = rows;
    this.#rows = rows;
    this.#parts = parts;
    this.#filter = filter;
    this.#listeners = new Listeners(parts.turn, parts.onError);
    this.#list = new List({
      keys,
      holder: itself,
      compare: (a, b) => compare(a as Row, b as Row) || compareText(keyTextOf(a, keys), keyTextOf(b, keys)),
    });
    this.#list.replace(rows.getSnapshot().filter(filter) as readonly object[] as readonly WireRow[]);
    this.#told = this.#list.rows;
    this.#end = rows.watch((key) => {
      // While something is dirty the turn knows already.
      if (this.#dirty.size === 0) parts.turn.changed(this);
      this.#dirty.add(key);
    });
  }

  /** The rows in order; the same array until something in it changes. */
  getSnapshot(): readonly Row[] {
    this.#refresh();
    return this.#list.rows as readonly object[] as readonly Row[];
  }

  /** Calls back after each transaction that changed the list; the returned function ends it. */
  subscribe(listener: () => void): () => void {
    return this.#listeners.subscribe(listener);
  }

  /** Ends it: it keeps its last rows. */
  release(): void {
    this.#refresh();
    this.#end();
  }

  /** Called by the turn. */
  emit(): void {
    const rows = this.getSnapshot() as readonly object[] as readonly WireRow[];
    if (rows === this.#told) return;
    this.#told = rows;
    this.#listeners.emit();
  }

  #refresh(): void {
    if (this.#dirty.size === 0) return;
    const update: WireRow[] = [];
    const leave: KeyText[] = [];
    for (const key of this.#dirty) {
      const row = this.#rows.get(key);
      let fits = false;
      try {
        fits = row !== undefined && this.#filter(row);
      } catch (thrown) {
        this.#parts.onError(thrown);
      }
      if (fits) update.push(row as object as WireRow);
      else leave.push(key);
    }
    this.#dirty.clear();
    this.#list.apply({ update, leave });
  }
}
