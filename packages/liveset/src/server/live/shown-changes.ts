import type { Change } from "../../core/change/change.ts";
import type { WireRow } from "../../core/json.ts";
import type { Projection } from "../operation/projection.ts";
import { getOrMake } from "./get-or-make.ts";
import { sameJson } from "./same-json.ts";

/** A change as those see it who are shown rows alike. Each part is worked out when it is first asked for, and once. */
export class ShownChange {
  readonly #projection: Projection;
  readonly #change: Change;
  #row: WireRow | undefined;
  #altered: boolean | undefined;

  constructor(projection: Projection, change: Change) {
    this.#projection = projection;
    this.#change = change;
  }

  /** The row after the change, serialised. Throws what the serializer throws. */
  row(): WireRow {
    if (this.#row === undefined)
      this.#row = Object.freeze(this.#projection.serialize(this.#change.after ?? {}));
    return this.#row;
  }

  /** Whether an update altered anything that is shown. Throws what the serializer throws for the new row. */
  altered(): boolean {
    if (this.#altered === undefined) this.#altered = this.#isAltered();
    return this.#altered;
  }

  #isAltered(): boolean {
    const { before, after } = this.#change;
    if (before === null || after === null) return true;
    const { reads } = this.#projection;
    if (reads === null) return !sameJson(this.#rowBefore(before), this.row());
    for (const column of reads) if (!sameJson(before[column], after[column])) return true;
    return false;
  }

  /** Null where the old row cannot be serialised: then the new one counts as altered. */
  #rowBefore(before: WireRow): WireRow | null {
    try {
      return this.#projection.serialize(before);
    } catch {
      return null;
    }
  }
}

/** The shown changes of one transaction: a row is serialised once, however many groups show it alike. */
export class ShownChanges {
  readonly #shown = new Map<string, Map<Change, ShownChange>>();

  of(projection: Projection, change: Change): ShownChange {
    const changes = getOrMake(this.#shown, projection.text, () => new Map<Change, ShownChange>());
    return getOrMake(changes, change, () => new ShownChange(projection, change));
  }
}
