import type { WireRow } from "../../../core/json.ts";
import { type KeyText, keyText, keyTextOf } from "../../../core/key/key.ts";
import { getOrMake } from "../../live/get-or-make.ts";
import type { GroupChanges } from "../../live/group-changes.ts";
import type { Notice } from "./notice.ts";
import type { Watched } from "./watched.ts";

type Ids = Map<string, Set<string>>;

/** What a row that has another among its children is called. */
interface ParentNamed {
  readonly table: string;
  readonly id: string;
}

/** The notices of one transaction, or of several as one, as they are found. Each row is named once an action. */
export class NoticeDraft {
  readonly #deleted: Ids = new Map();
  readonly #updated: Ids = new Map();
  /** Parents, by what they are of, and by key: whether they may be named is known when the transaction is complete. */
  readonly #parents = new Map<string, Map<KeyText, ParentNamed>>();
  #size = 0;

  /** How many rows it names, roughly: parents that may not be named count too. */
  get size(): number {
    return this.#size;
  }

  /** Adds what happened to a resource's rows: an update names the row, an enter its parents, a leave the row. */
  add(watched: Watched, changes: GroupChanges, parentsOfDeleted: boolean): void {
    const { resource, named, root } = watched;
    const keyOf = (row: WireRow): KeyText => keyTextOf(row, resource.info.key);
    const before = (key: KeyText): WireRow => changes.before?.get(key) ?? {};
    for (const key of changes.leave) {
      this.#put(this.#deleted, named.table, named.prefix + key);
      if (parentsOfDeleted) this.#addParents(watched, before(key));
    }
    for (const row of changes.update) {
      const key = keyOf(row);
      this.#put(this.#updated, named.table, named.prefix + key);
      this.#addMoved(watched, before(key), row);
    }
    for (const row of changes.enter) this.#addParents(watched, row);
    const cameOrWent = changes.enter.length + (parentsOfDeleted ? changes.leave.length : 0) > 0;
    if (root !== null && cameOrWent) this.#put(this.#updated, root.table, root.id);
  }

  /**
   * The notices in their order, deletes first, each table where it was first spoken of.
   *
   * @param isVisible whether a row may be named as a parent
   */
  notices(isVisible: (resource: string, key: KeyText) => boolean): readonly Notice[] {
    for (const [resource, parents] of this.#parents) {
      for (const [key, { table, id }] of parents) {
        const isGone = this.#deleted.get(table)?.has(id) === true;
        if (!isGone && isVisible(resource, key)) this.#put(this.#updated, table, id);
      }
    }
    return [...noticesOf("delete", this.#deleted), ...noticesOf("update", this.#updated)];
  }

  #addMoved({ parents }: Watched, before: WireRow, after: WireRow): void {
    for (const parent of parents) {
      const [from, to] = [before, after].map((row) => keyIn(row, parent.columns));
      if (from === to) continue;
      for (const key of [from, to]) this.#addParent(parent, key ?? null);
    }
  }

  #addParents({ parents }: Watched, row: WireRow): void {
    for (const parent of parents) this.#addParent(parent, keyIn(row, parent.columns));
  }

  #addParent({ resource, named }: Watched["parents"][number], key: KeyText | null): void {
    if (key === null) return;
    const known = getOrMake(this.#parents, resource.name, () => new Map<KeyText, ParentNamed>());
    if (known.has(key)) return;
    known.set(key, { table: named.table, id: named.prefix + key });
    this.#size++;
  }

  #put(ids: Ids, table: string, id: string): void {
    const known = getOrMake(ids, table, () => new Set<string>());
    if (known.has(id)) return;
    known.add(id);
    this.#size++;
  }
}

function noticesOf(action: Notice["action"], tables: Ids): readonly Notice[] {
  return [...tables].map(([table, ids]) => ({ action, table, ids: [...ids] }));
}

/** The key that columns of a row name, null where one of them is. */
function keyIn(row: WireRow, columns: readonly string[]): KeyText | null {
  const parts = columns.map((column) => row[column] ?? null);
  if (parts.includes(null)) return null;
  const [only] = parts;
  return parts.length === 1 ? (String(only) as KeyText) : keyText(parts.map(String));
}
