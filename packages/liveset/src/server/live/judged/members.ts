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
  /** Where it is kept: what was shown of rows that were updated or left. */
  readonly before?: ReadonlyMap<KeyText, WireRow>;
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
  readonly #tellsBefore: boolean;

  /** @param tellsBefore whether changes say what was shown before */
  constructor(
    rows: ReadonlyMap<KeyText, WireRow>,
    watch: MembersWatch | null = null,
    tellsBefore: boolean = false,
  ) {
    this.#rows = new Map(rows);
    this.#watch = watch;
    this.#tellsBefore = tellsBefore;
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
    const before = new Map<KeyText, WireRow>();
    for (const key of asked) if (!found.has(key) && this.#rows.has(key)) leave.push(key);
    for (const key of leave) {
      before.set(key, this.#rows.get(key) ?? {});
      this.#rows.delete(key);
      this.#watch?.hidden(key);
    }
    for (const [key, row] of found) {
      const known = this.#rows.get(key);
      if (known !== undefined && sameJson(known, row)) continue;
      (known === undefined ? enter : update).push(row);
      this.#rows.set(key, row);
      if (known === undefined) this.#watch?.shown(key);
      else before.set(key, known);
    }
    return { enter, update, leave, ...(this.#tellsBefore ? { before } : {}) };
  }
}
