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
  add({ enter, update, leave, total, hasMore }: GroupChanges): void {
    if (total !== undefined) this.#facts = { ...this.#facts, total };
    if (hasMore !== undefined) this.#facts = { ...this.#facts, hasMore };
    for (const key of leave) this.#put(key, true, null);
    for (const row of enter) this.#put(keyTextOf(row, this.#keys), false, row);
    for (const row of update) this.#put(keyTextOf(row, this.#keys), true, row);
  }

  /** Adds what another net has, which must be later in every entry. */
  append(later: Net): void {
    for (const [key, { wasIn, row }] of later.#entries) this.#put(key, wasIn, row);
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

  /** Everything as one transaction at `cursor`, or null where it comes to nothing. */
  total(group: number, cursor: Cursor): GroupChanges | null {
    const enter: WireRow[] = [];
    const update: WireRow[] = [];
    const leave: KeyText[] = [];
    for (const [key, { wasIn, row }] of this.#entries) {
      if (row !== null) (wasIn ? update : enter).push(row);
      else if (wasIn) leave.push(key);
    }
    const facts = this.#facts;
    const isNothing = enter.length + update.length + leave.length + Object.keys(facts).length === 0;
    return isNothing ? null : { group, cursor, enter, update, leave, ...facts };
  }

  #put(key: KeyText, wasIn: boolean, row: WireRow | null): void {
    const entry = this.#entries.get(key);
    this.#bytes += this.#cost(key, row) - (entry === undefined ? 0 : this.#cost(key, entry.row));
    if (entry === undefined) this.#entries.set(key, { wasIn, row });
    else if (row === null && !entry.wasIn && this.#measure !== null) {
      this.#entries.delete(key);
      this.#bytes -= this.#cost(key, null);
    } else entry.row = row;
  }

  #cost(key: KeyText, row: WireRow | null): number {
    if (this.#measure === null) return 0;
    return entryBytes + key.length + (row === null ? 0 : this.#measure(row));
  }
}
