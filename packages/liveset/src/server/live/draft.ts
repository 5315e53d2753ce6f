import type { Change } from "../../core/change/change.ts";
import type { Cursor } from "../../core/change/cursor.ts";
import type { Transaction } from "../../core/change/transaction.ts";
import type { WireRow } from "../../core/json.ts";
import { type KeyText, keyTextOf } from "../../core/key/key.ts";
import { columnsIn } from "./columns-in.ts";
import type { Group } from "./group.ts";
import type { GroupChanges } from "./group-changes.ts";
import type { ShownChange } from "./shown-changes.ts";
import { ShownChanges } from "./shown-changes.ts";

/** A transaction's changes to one group, as they are found. */
export class Draft {
  readonly #group: Group;
  readonly #enter: WireRow[] = [];
  readonly #update: WireRow[] = [];
  readonly #leave: KeyText[] = [];
  readonly #before = new Map<KeyText, WireRow>();

  constructor(group: Group) {
    this.#group = group;
  }

  /**
   * Adds what a change of the group's table means to it: a leave is the key only (P5), an update that alters nothing
   * shown is nothing. Throws what a permission or the serializer throws.
   */
  record(change: Change, shown: ShownChange): void {
    switch (this.#group.judge(change)) {
      case "enter":
        this.#enter.push(shown.row());
        break;
      case "update":
        if (!shown.altered()) break;
        this.#update.push(shown.row());
        this.#trace(change);
        break;
      case "leave":
        this.#leave.push(this.#keyOf(change));
        this.#trace(change);
        break;
      case "none":
        break;
    }
  }

  /** What was found, or null where that is nothing. */
  changes(cursor: Cursor): GroupChanges | null {
    if (this.#enter.length + this.#update.length + this.#leave.length === 0) return null;
    return {
      group: this.#group.number,
      cursor,
      enter: this.#enter,
      update: this.#update,
      leave: this.#leave,
      ...(this.#before.size === 0 ? {} : { before: this.#before }),
    };
  }

  #keyOf({ before, after }: Change): KeyText {
    return keyTextOf(before ?? after ?? {}, this.#group.resource.info.key);
  }

  #trace(change: Change): void {
    const { traced } = this.#group;
    if (traced.length > 0) this.#before.set(this.#keyOf(change), columnsIn(change.before ?? {}, traced));
  }
}

/** What one transaction did to one group; null where that is nothing. Throws as `Draft.record` does. */
export function changesOf(group: Group, { cursor, changes }: Transaction): GroupChanges | null {
  const { resource } = group;
  const shown = new ShownChanges();
  const draft = new Draft(group);
  for (const change of changes) {
    if (change.table === resource.info.name) draft.record(change, shown.of(group.projection, change));
  }
  return draft.changes(cursor);
}
