import type { Change } from "../../../core/change/change.ts";
import type { ColumnMasks } from "./column-masks.ts";
import type { Bucket, Filed } from "./filed.ts";

/** One change on its way through the index, and what it has come across. */
export class Probe<T> {
  readonly found: T[] = [];
  readonly #number: number;
  readonly #change: Change;
  readonly #masks: ColumnMasks;
  /** Worked out when something is found: most changes concern nobody. */
  #altered: number | null = null;

  /** @param number different for every probe of one matcher */
  constructor(number: number, change: Change, masks: ColumnMasks) {
    this.#number = number;
    this.#change = change;
    this.#masks = masks;
  }

  takeAll(bucket: Bucket<T>): void {
    if (bucket instanceof Set) for (const filed of bucket) this.take(filed);
    else this.take(bucket);
  }

  take(filed: Filed<T>): void {
    if (filed.probe === this.#number) return;
    filed.probe = this.#number;
    this.#altered ??= this.#masks.altered(this.#change);
    if ((filed.mask & this.#altered) !== 0) this.found.push(filed.item);
  }
}
