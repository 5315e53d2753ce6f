import type { Change } from "../../../core/change/change.ts";
import { sameJson } from "../same-json.ts";

/** The bit of all columns for which there is no bit of their own. Always counted as changed. */
const others = 1 << 30;
/** The bit of a row that comes or goes, which means something even to who reads no column. */
const existence = 1 << 31;
const everything = -1;

/**
 * Sets of one table's columns as the bits of a number: whether a change touches what somebody reads is one AND. Columns
 * beyond the thirtieth share a bit, which may say yes too often, never no.
 */
export class ColumnMasks {
  readonly #bits = new Map<string, number>();

  /** The mask of some columns; null stands for any. */
  of(columns: ReadonlySet<string> | null): number {
    if (columns === null) return everything;
    let mask = existence;
    for (const column of columns) mask |= this.#bit(column);
    return mask;
  }

  /** The mask of what a change alters: of a row that comes or goes, everything. */
  altered({ before, after }: Change): number {
    if (before === null || after === null) return everything;
    let mask = others;
    for (const [column, bit] of this.#bits) if (!sameJson(before[column], after[column])) mask |= bit;
    return mask;
  }

  #bit(column: string): number {
    const known = this.#bits.get(column);
    if (known !== undefined) return known;
    if (this.#bits.size >= 30) return others;
    const bit = 1 << this.#bits.size;
    this.#bits.set(column, bit);
    return bit;
  }
}
