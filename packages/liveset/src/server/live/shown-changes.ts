import type { Change } from "../../core/change/change.ts";
import type { WireRow } from "../../core/json.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import { getOrMake } from "./get-or-make.ts";
import { sameJson } from "./same-json.ts";

/** A change as the clients of one resource see it. Each part is worked out when it is first asked for, and once. */
export class ShownChange {
  readonly #resource: CompiledResource;
  readonly #change: Change;
  #row: WireRow | undefined;
  #altered: boolean | undefined;

  constructor(resource: CompiledResource, change: Change) {
    this.#resource = resource;
    this.#change = change;
  }

  /** The row after the change, serialised. Throws what the serializer throws. */
  row(): WireRow {
    if (this.#row === undefined)
      this.#row = Object.freeze(this.#resource.serialize(this.#change.after ?? {}));
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
    const { reads } = this.#resource;
    if (reads === null) return !sameJson(this.#rowBefore(before), this.row());
    for (const column of reads) if (!sameJson(before[column], after[column])) return true;
    return false;
  }

  /** Null where the old row cannot be serialised: then the new one counts as altered. */
  #rowBefore(before: WireRow): WireRow | null {
    try {
      return this.#resource.serialize(before);
    } catch {
      return null;
    }
  }
}

/** The shown changes of one transaction: a row is serialised once, however many groups show it. */
export class ShownChanges {
  readonly #shown = new Map<CompiledResource, Map<Change, ShownChange>>();

  of(resource: CompiledResource, change: Change): ShownChange {
    const changes = getOrMake(this.#shown, resource, () => new Map<Change, ShownChange>());
    return getOrMake(changes, change, () => new ShownChange(resource, change));
  }
}
