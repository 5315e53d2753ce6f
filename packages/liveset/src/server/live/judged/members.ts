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

/** Hears which rows are shown from now on, and which no more. */
export interface MembersWatch {
  shown(key: KeyText): void;
  hidden(key: KeyText): void;
}

/**
 * The rows that a group's subscribers have been shown, by key. Kept where only the database can tell which rows those are: what
 * it tells of now means something only against what was. Memory is that of the rows, once for all subscribers of the
 * group.
 */
export class Members {
  readonly #rows: Map<KeyText, WireRow>;

  readonly #watch: MembersWatch | null;

  constructor(rows: ReadonlyMap<KeyText, WireRow>, watch: MembersWatch | null = null) {
    this.#rows = new Map(rows);
    this.#watch = watch;
    for (const key of rows.keys()) watch?.shown(key);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** All of them, in no particular order. */
  rows(): readonly WireRow[] {
    return [...this.#rows.values()];
  }

  /** Tells the watch that nothing is shown any more. */
  end(): void {
    for (const key of this.#rows.keys()) this.#watch?.hidden(key);
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
    for (const key of leave) {
      this.#rows.delete(key);
      this.#watch?.hidden(key);
    }
    for (const [key, row] of found) {
      const before = this.#rows.get(key);
      if (before !== undefined && sameJson(before, row)) continue;
      (before === undefined ? enter : update).push(row);
      this.#rows.set(key, row);
      if (before === undefined) this.#watch?.shown(key);
    }
    return { enter, update, leave };
  }
}
