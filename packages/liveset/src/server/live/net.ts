import type { Cursor } from "../../core/change/cursor.ts";
import type { WireRow } from "../../core/json.ts";
import { type KeyText, keyTextOf } from "../../core/key/key.ts";
import type { GroupChanges } from "./group-changes.ts";

/** What several transactions together did to one row of a group. */
interface NetEntry {
  /** Whether the row was in the group before the first of them. */
  readonly wasIn: boolean;
  /** The row after the last of them, null where it is not in the group. */
  row: WireRow | null;
  /** Traced columns before the first of them, null where none are or the row was not in the group. */
  readonly before: WireRow | null;
}

/** What an entry takes beside its key and row, roughly. */
const entryBytes = 64;

/** Several changes of one group as one: bounded by the number of rows, however many transactions it has seen. */
export class Net {
  readonly #keys: readonly string[];
  readonly #measure: ((row: WireRow) => number) | null;
  readonly #entries = new Map<KeyText, NetEntry>();
  #facts: Pick<GroupChanges, "total" | "hasMore"> = {};
  #bytes = 0;

  /**
   * @param keys names of the key's columns
   * @param measure the bytes of a row, for a net of which only `total` and `bytes` are wanted: a row that came and went
   * leaves no trace in it. Default: nothing is counted and every row is remembered, as `applyTo` and `append` need it
   */
  constructor(keys: readonly string[], measure: ((row: WireRow) => number) | null = null) {
    this.#keys = keys;
    this.#measure = measure;
  }

  /** Bytes of the rows and keys that it holds, 0 without a measure. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the next transaction's changes. */
  add({ enter, update, leave, total, hasMore, before }: GroupChanges): void {
    if (total !== undefined) this.#facts = { ...this.#facts, total };
    if (hasMore !== undefined) this.#facts = { ...this.#facts, hasMore };
    const put = (key: KeyText, wasIn: boolean, row: WireRow | null): void =>
      this.#put(key, { wasIn, row, before: before?.get(key) ?? null });
    for (const key of leave) put(key, true, null);
    for (const row of enter) put(keyTextOf(row, this.#keys), false, row);
    for (const row of update) put(keyTextOf(row, this.#keys), true, row);
  }

  /** Adds what another net has, which must be later in every entry. */
  append(later: Net): void {
    for (const [key, entry] of later.#entries) this.#put(key, entry);
  }

  /**
   * The rows of a snapshot with everything applied; the same array where there is nothing. The net must have begun before the
   * snapshot was taken and have seen all that the snapshot has: what is older than the snapshot is in it already and does
   * no harm, because only the last state of a row counts.
   */
  applyTo(rows: readonly WireRow[]): readonly WireRow[] {
    if (this.#entries.size === 0) return rows;
    const kept = rows.filter((row) => !this.#entries.has(keyTextOf(row, this.#keys)));
    return [...kept, ...[...this.#entries.values()].flatMap(({ row }) => (row === null ? [] : [row]))];
  }

  /** Whether nothing has been added. */
  get isEmpty(): boolean {
    return this.#entries.size === 0 && Object.keys(this.#facts).length === 0;
  }

  /** Whether a row was in the group before the first of the transactions; undefined where none of them touched it. */
  wasIn(key: KeyText): boolean | undefined {
    return this.#entries.get(key)?.wasIn;
  }

  /** The keys that the group had before the first of the transactions. @param rows those that it has after the last of them */
  keysBefore(rows: readonly WireRow[]): Set<KeyText> {
    const untouched = rows.map((row) => keyTextOf(row, this.#keys)).filter((key) => !this.#entries.has(key));
    const before = new Set(untouched);
    for (const [key, { wasIn }] of this.#entries) if (wasIn) before.add(key);
    return before;
  }

  /** Everything as one transaction at `cursor`, or null where it comes to nothing. */
  total(group: number, cursor: Cursor): GroupChanges | null {
    const enter: WireRow[] = [];
    const update: WireRow[] = [];
    const leave: KeyText[] = [];
    const traced = new Map<KeyText, WireRow>();
    for (const [key, { wasIn, row, before }] of this.#entries) {
      if (row !== null) (wasIn ? update : enter).push(row);
      else if (wasIn) leave.push(key);
      if (before !== null) traced.set(key, before);
    }
    const facts = this.#facts;
    const isNothing = enter.length + update.length + leave.length + Object.keys(facts).length === 0;
    if (isNothing) return null;
    const before = traced.size === 0 ? {} : { before: traced };
    return { group, cursor, enter, update, leave, ...facts, ...before };
  }

  #put(key: KeyText, { wasIn, row, before }: NetEntry): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#bytes -= this.#cost(key, entry);
    if (row === null && entry?.wasIn === false && this.#measure !== null) {
      this.#entries.delete(key);
      return;
    }
    if (entry === undefined) this.#entries.set(key, { wasIn, row, before });
    else entry.row = row;
    this.#bytes += this.#cost(key, entry ?? { wasIn, row, before });
  }

  #cost(key: KeyText, { row, before }: NetEntry): number {
    if (this.#measure === null) return 0;
    const traced = before === null ? 0 : entryBytes;
    return entryBytes + traced + key.length + (row === null ? 0 : this.#measure(row));
  }
}
