import type { Change } from "../../../core/change/change.ts";
import type { Columns } from "../../../core/query/column-kind.ts";
import { type IndexKey, indexKeys, type Rating } from "../../../core/query/index-key.ts";
import type { Predicate } from "../../../core/query/predicate.ts";
import { getOrMake } from "../get-or-make.ts";
import { ColumnIndex } from "./column-index.ts";
import { ColumnMasks } from "./column-masks.ts";
import type { Filed } from "./filed.ts";
import { Probe } from "./probe.ts";
import { Statistics } from "./statistics.ts";

/** What is to be known of an item to file it. */
export interface Filing {
  /** What changes concern it: those of rows that fulfil this before or after. */
  readonly predicate: Predicate;
  /** Columns without which a change of a row means nothing to it; null: there may be others than can be named. */
  readonly reads: ReadonlySet<string> | null;
  /** Columns to be filed under rather than others that narrow as well. */
  readonly preferred?: ReadonlySet<string>;
}

/**
 * The index from a change of one table to the items that it may concern.
 *
 *   change ─► column by column: what is filed under the old value, and under the new ─► reads what was altered? ─► found
 *
 * An item is filed under the part of its predicate that narrows most, which its `Filed` remembers: statistics may
 * say otherwise by the time that it is removed. Filing and removing cost the same however many others there are,
 * but for the logarithm that finds a place among intervals; so does a probe that finds nothing.
 */
export class Matcher<T> {
  readonly #table: Columns;
  readonly #columns = new Map<string, ColumnIndex<T>>();
  /** Without a key: every change may concern them. */
  readonly #unindexed = new Set<Filed<T>>();
  readonly #masks = new ColumnMasks();
  readonly #statistics: Statistics;
  #probes = 0;

  /**
   * @param columns of the table, those whose values memory compares as the database does
   * @param key names of the columns that together tell its rows apart
   */
  constructor(columns: Columns, key: readonly string[] = []) {
    this.#table = columns;
    this.#statistics = new Statistics(key.length === 1 ? (key[0] ?? null) : null);
  }

  /** Files an item. What is returned removes it. */
  add(item: T, { predicate, reads, preferred = new Set() }: Filing): Filed<T> {
    this.#statistics.count(predicate);
    const keys = indexKeys(predicate, {
      columns: this.#table,
      rate: (key) => this.#rate(key, preferred),
    });
    const filed: Filed<T> = { item, keys, mask: this.#masks.of(reads), probe: 0 };
    if (keys === null) this.#unindexed.add(filed);
    else for (const key of keys) this.#index(key.column).add(key, filed);
    return filed;
  }

  remove(filed: Filed<T>): void {
    this.#unindexed.delete(filed);
    for (const key of filed.keys ?? []) {
      const index = this.#columns.get(key.column);
      index?.remove(key, filed);
      if (index?.isEmpty) this.#columns.delete(key.column);
    }
  }

  /** Whether nothing is filed. */
  get isEmpty(): boolean {
    return this.#columns.size === 0 && this.#unindexed.size === 0;
  }

  /** All items that the change may concern, each once; some of them it may not concern after all. */
  probe(change: Change): readonly T[] {
    const { before, after } = change;
    const probe = new Probe<T>(++this.#probes, change, this.#masks);
    for (const filed of this.#unindexed) probe.take(filed);
    for (const [column, index] of this.#columns) {
      if (before !== null) index.collect(before[column], probe);
      if (after !== null && (before === null || after[column] !== before[column]))
        index.collect(after[column], probe);
    }
    return probe.found;
  }

  /** Between keys that narrow alike, the one with fewer items, then one of a preferred column. */
  #rate(key: IndexKey, preferred: ReadonlySet<string>): Rating {
    const count = this.#columns.get(key.column)?.count(key) ?? 0;
    return { share: this.#statistics.share(key), crowd: 2 * count + (preferred.has(key.column) ? 0 : 1) };
  }

  #index(column: string): ColumnIndex<T> {
    return getOrMake(
      this.#columns,
      column,
      () => new ColumnIndex<T>(this.#table.get(column)?.kind ?? "opaque"),
    );
  }
}
