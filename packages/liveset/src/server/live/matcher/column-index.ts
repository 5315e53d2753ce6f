import type { Json } from "../../../core/json.ts";
import type { ColumnKind } from "../../../core/query/column-kind.ts";
import { compareValues } from "../../../core/query/compare-values.ts";
import type { IndexKey } from "../../../core/query/index-key.ts";
import type { Operand } from "../../../core/query/predicate.ts";
import { type Bucket, drop, type Filed, put, sizeOf } from "./filed.ts";
import { IntervalTree } from "./interval-tree.ts";
import type { Probe } from "./probe.ts";

/** What is filed under one column, found by the value that a row holds there. `1` and `"1"` are different values, `-0` is `0`. */
export class ColumnIndex<T> {
  readonly #kind: ColumnKind;
  readonly #equal = new Map<Operand, Bucket<T>>();
  readonly #within: IntervalTree<Bucket<T>>;
  readonly #null = new Set<Filed<T>>();
  readonly #present = new Set<Filed<T>>();

  constructor(kind: ColumnKind) {
    this.#kind = kind;
    this.#within = new IntervalTree(compareValues(kind));
  }

  get isEmpty(): boolean {
    return (
      this.#equal.size === 0 && this.#within.isEmpty && this.#null.size === 0 && this.#present.size === 0
    );
  }

  add(key: IndexKey, filed: Filed<T>): void {
    if (key.is === "equal") this.#equal.set(key.value, put(this.#equal.get(key.value), filed));
    else if (key.is === "within") this.#within.set(key.interval, put(this.#within.get(key.interval), filed));
    else this.#tested(key.is).add(filed);
  }

  remove(key: IndexKey, filed: Filed<T>): void {
    if (key.is === "equal") {
      const left = without(this.#equal.get(key.value), filed);
      if (left === undefined) this.#equal.delete(key.value);
      else this.#equal.set(key.value, left);
    } else if (key.is === "within") {
      const left = without(this.#within.get(key.interval), filed);
      if (left === undefined) this.#within.delete(key.interval);
      else this.#within.set(key.interval, left);
    } else this.#tested(key.is).delete(filed);
  }

  /** How many are filed under a key. */
  count(key: IndexKey): number {
    if (key.is === "equal") return sizeOf(this.#equal.get(key.value));
    if (key.is === "within") return sizeOf(this.#within.get(key.interval));
    return this.#tested(key.is).size;
  }

  /** Shows the probe everything under a key that a row has which holds this value. Does not throw. */
  collect(value: Json | undefined, probe: Probe<T>): void {
    if (value === null || value === undefined) {
      for (const filed of this.#null) probe.take(filed);
      return;
    }
    // JSON that is no operand is simply not in the map.
    const bucket = this.#equal.get(value as Operand);
    if (bucket !== undefined) probe.takeAll(bucket);
    for (const filed of this.#present) probe.take(filed);
    if (this.#within.isEmpty) return;
    const take = (under: Bucket<T>): void => probe.takeAll(under);
    if (hasPlace(this.#kind, value)) this.#within.containing(value, take);
    // What else a database may keep in the column has no defined place among the bounds: each item is asked.
    else this.#within.all(take);
  }

  #tested(is: "null" | "present"): Set<Filed<T>> {
    return is === "null" ? this.#null : this.#present;
  }
}

function without<T>(bucket: Bucket<T> | undefined, filed: Filed<T>): Bucket<T> | undefined {
  return bucket === undefined ? undefined : drop(bucket, filed);
}

/** Whether a value is one that the column's comparison puts into order with all bounds. */
function hasPlace(kind: ColumnKind, value: Json): value is Operand {
  switch (kind) {
    case "integer":
      return typeof value === "string" ? /^-?\d+$/.test(value) : isNumber(value);
    case "real":
      return isNumber(value);
    case "date":
      return typeof value === "string" && !Number.isNaN(Date.parse(value));
    default:
      return typeof value === "string";
  }
}

function isNumber(value: Json): value is number {
  return typeof value === "number" && !Number.isNaN(value);
}
