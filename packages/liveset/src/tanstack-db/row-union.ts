import type { Json } from "../core/json.ts";
import { jsonEqual } from "../store/json-equal.ts";
import { changedRows } from "./changed-rows.ts";

/** What is to be written to have a collection hold what the lists show. */
export type RowWrite<Row, Key> =
  | { readonly type: "insert" | "update"; readonly value: Row }
  | { readonly type: "delete"; readonly key: Key };

interface Held<Row> {
  row: Row;
  /** Lists that have it. */
  lists: number;
}

/** The rows of several lists as one set: each row once, as long as one list has it. */
export class RowUnion<Row extends object, Key> {
  readonly #keyOf: (row: Row) => Key;
  readonly #held = new Map<Key, Held<Row>>();
  /** What was written last of those that have been moved since; undefined where nothing was. */
  readonly #written = new Map<Key, Row | undefined>();

  constructor(keyOf: (row: Row) => Key) {
    this.#keyOf = keyOf;
  }

  /** A list has other rows than before. */
  move(before: readonly Row[], after: readonly Row[]): void {
    const { gone, come } = changedRows(before, after);
    for (const row of gone) {
      const held = this.#touch(this.#keyOf(row));
      if (held !== undefined) held.lists--;
    }
    for (const row of come) {
      const key = this.#keyOf(row);
      const held = this.#touch(key);
      if (held === undefined) this.#held.set(key, { row, lists: 1 });
      else {
        held.row = row;
        held.lists++;
      }
    }
  }

  /** What has become different since it was asked for last. */
  take(): readonly RowWrite<Row, Key>[] {
    const writes: RowWrite<Row, Key>[] = [];
    for (const [key, before] of this.#written) {
      const held = this.#held.get(key);
      const isHeld = held !== undefined && held.lists > 0;
      if (!isHeld) this.#held.delete(key);
      if (isHeld && before === undefined) writes.push({ type: "insert", value: held.row });
      else if (isHeld && !jsonEqual(before as Json, held.row as Json)) {
        writes.push({ type: "update", value: held.row });
      } else if (!isHeld && before !== undefined) writes.push({ type: "delete", key });
    }
    this.#written.clear();
    return writes;
  }

  #touch(key: Key): Held<Row> | undefined {
    const held = this.#held.get(key);
    if (!this.#written.has(key)) this.#written.set(key, held?.row);
    return held;
  }
}
