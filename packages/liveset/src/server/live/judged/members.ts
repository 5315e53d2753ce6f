import type { WireRow } from "../../../core/json.ts";
import type { KeyText } from "../../../core/key/key.ts";
import { sameJson } from "../same-json.ts";

/** What became of a group's members. Rows are serialised. */
export interface MemberChanges {
  readonly enter: readonly WireRow[];
  readonly update: readonly WireRow[];
  readonly leave: readonly KeyText[];
  /** Of a window, where it is another one now. */
  readonly total?: number;
  readonly hasMore?: boolean;
}

/**
 * The rows that a group's subscribers have been shown, by key. Kept where only the database can tell which rows those are: what
 * it tells of now means something only against what was. Memory is that of the rows, once for all subscribers of the
 * group.
 */
export class Members {
  readonly #rows: Map<KeyText, WireRow>;

  constructor(rows: ReadonlyMap<KeyText, WireRow>) {
    this.#rows = new Map(rows);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** All of them, in no particular order. */
  rows(): readonly WireRow[] {
    return [...this.#rows.values()];
  }

  keys(): Iterable<KeyText> {
    return this.#rows.keys();
  }

  /**
   * Makes the members what the database says, and tells the difference: of what left, keys only (P5).
   *
   * @param asked the keys that the database was asked about; others stay as they are
   * @param found those of them that are members now
   */
  become(asked: Iterable<KeyText>, found: ReadonlyMap<KeyText, WireRow>): MemberChanges {
    const enter: WireRow[] = [];
    const update: WireRow[] = [];
    const leave: KeyText[] = [];
    for (const key of asked) if (!found.has(key) && this.#rows.has(key)) leave.push(key);
    for (const key of leave) this.#rows.delete(key);
    for (const [key, row] of found) {
      const before = this.#rows.get(key);
      if (before !== undefined && sameJson(before, row)) continue;
      (before === undefined ? enter : update).push(row);
      this.#rows.set(key, row);
    }
    return { enter, update, leave };
  }
}
