import type { Change } from "../../core/change/change.ts";
import type { WireRow } from "../../core/json.ts";
import type { IndexKey } from "../../core/query/index-key.ts";
import type { Operand } from "../../core/query/predicate.ts";
import { getOrMake } from "./get-or-make.ts";

/**
 * The index from a change of one table to what it may concern. An item is filed under values of which every row that
 * concerns it has at least one; an item without such values is a candidate for every change. `1` and `"1"` are
 * different values.
 *
 * The cost of a probe is one look-up per indexed column for the old row and the new one, whatever the number of items.
 */
export class Matcher<T> {
  readonly #columns = new Map<string, Map<Operand, Set<T>>>();
  readonly #unindexed = new Set<T>();

  /** Files an item; `keys` are given again to remove it. */
  add(item: T, keys: readonly IndexKey[] | null): void {
    if (keys === null) this.#unindexed.add(item);
    else for (const { column, value } of keys) this.#slot(column, value).add(item);
  }

  remove(item: T, keys: readonly IndexKey[] | null): void {
    this.#unindexed.delete(item);
    for (const { column, value } of keys ?? []) {
      const values = this.#columns.get(column);
      const items = values?.get(value);
      items?.delete(item);
      if (items?.size === 0) values?.delete(value);
      if (values?.size === 0) this.#columns.delete(column);
    }
  }

  /** Whether nothing is filed. */
  get isEmpty(): boolean {
    return this.#columns.size === 0 && this.#unindexed.size === 0;
  }

  /** All items that the change may concern, each once; some of them it may not concern after all. */
  probe({ before, after }: Change): ReadonlySet<T> {
    const found = new Set(this.#unindexed);
    for (const [column, values] of this.#columns) {
      if (before !== null) collect(values, before, column, found);
      if (after !== null && after[column] !== before?.[column]) collect(values, after, column, found);
    }
    return found;
  }

  #slot(column: string, value: Operand): Set<T> {
    const values = getOrMake(this.#columns, column, () => new Map<Operand, Set<T>>());
    return getOrMake(values, value, () => new Set<T>());
  }
}

function collect<T>(
  values: ReadonlyMap<Operand, ReadonlySet<T>>,
  row: WireRow,
  column: string,
  found: Set<T>,
): void {
  // What is not an operand (null, JSON) is simply not in the map.
  for (const item of values.get(row[column] as Operand) ?? []) found.add(item);
}
