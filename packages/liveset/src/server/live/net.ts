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

/** Several changes of one group as one: bounded by the number of rows, however many transactions it has seen. */
export class Net {
  readonly #keys: readonly string[];
  readonly #entries = new Map<KeyText, NetEntry>();

  /** @param keys names of the key's columns */
  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  /** Adds the next transaction's changes. */
  add({ enter, update, leave }: GroupChanges): void {
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
    return enter.length + update.length + leave.length === 0 ? null : { group, cursor, enter, update, leave };
  }

  #put(key: KeyText, wasIn: boolean, row: WireRow | null): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, { wasIn, row });
    else entry.row = row;
  }
}
