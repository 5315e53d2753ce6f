import type { Cursor } from "../../core/change/cursor.ts";
import type { WireRow } from "../../core/json.ts";
import { type KeyText, keyTextOf } from "../../core/key/key.ts";
import type { Group } from "./group.ts";
import type { GroupChanges } from "./group-changes.ts";
import type { LiveParts } from "./live-parts.ts";
import type { LiveQuery } from "./live-query.ts";
import type { Net } from "./net.ts";
import type { Audience, Subscriber } from "./subscriber.ts";

/** Where a move leads from. */
export interface Origin {
  readonly group: Group;
  /** What happened to the group, and was not sent, since the client was last sent everything. */
  readonly missed: Net;
}

/**
 * Works out what an audience that has the rows of one group must be told to have those of another.
 *
 *   before: the old group's rows, as they were when the client was last sent everything ─┐
 *   rows:   the new group's rows, as they are now                                        ├─► enter, update, leave
 *   missed: what happened to the old group between ──────────────────────────────────────┘
 *
 * A row that is in both, and that nothing happened to, is not sent; one that left between and is back is, since what it was is not
 * known any more. Nothing of the old group is: of what leaves, keys only (P5).
 */
export class Move implements Subscriber {
  readonly audience: Audience;
  readonly from: Origin;
  /** The new one; held until `end`. */
  readonly group: Group;
  readonly query: LiveQuery;
  readonly #parts: LiveParts;
  readonly #meanwhile: Net;
  #before: ReadonlySet<KeyText> | null = null;
  #rows: readonly WireRow[] | null = null;
  #failed = false;

  constructor(
    parts: LiveParts,
    audience: Audience,
    from: Origin,
    to: { readonly query: LiveQuery; readonly plan: string },
  ) {
    this.#parts = parts;
    this.audience = audience;
    this.from = from;
    this.query = to.query;
    this.group = parts.groups.join(to.query, to.plan, this);
    this.#meanwhile = this.group.collect();
  }

  /** Whether the difference can be told. */
  get isReady(): boolean {
    return !this.#failed && this.#before !== null && this.#rows !== null;
  }

  /** Resolves when both groups' rows have been read, or cannot be. */
  async read(): Promise<void> {
    const { group, missed } = this.from;
    const { bound } = this.query;
    const before = { ...this.query, bound: { ...bound, predicate: group.predicate } };
    await Promise.all([
      this.#rowsOf(group, before, (rows) => {
        this.#before = missed.keysBefore(rows);
      }),
      this.#rowsOf(this.group, this.query, (rows) => {
        this.#rows = rows;
      }),
    ]);
  }

  /** What is to be told at this moment; null where that is nothing, or cannot be told. */
  difference(cursor: Cursor): GroupChanges | null {
    if (this.#failed || this.#before === null || this.#rows === null) return null;
    const { key } = this.group.resource.info;
    const enter: WireRow[] = [];
    const update: WireRow[] = [];
    const leaving = new Set(this.#before);
    for (const row of this.#meanwhile.applyTo(this.#rows)) {
      const text = keyTextOf(row, key);
      if (!leaving.delete(text)) enter.push(row);
      else if (this.from.missed.wasIn(text) !== undefined) update.push(row);
    }
    if (enter.length + update.length + leaving.size === 0) return null;
    return { group: this.group.number, cursor, enter, update, leave: [...leaving] };
  }

  fail(): void {
    this.#failed = true;
  }

  reset(): void {
    this.#failed = true;
  }

  end(): void {
    this.group.release(this.#meanwhile);
    this.#parts.groups.leave(this.group, this);
  }

  #rowsOf(group: Group, query: LiveQuery, take: (rows: readonly WireRow[]) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.snapshots.wait(group, query, {
        ready: (rows) => {
          take(rows);
          resolve();
        },
        fail: () => {
          this.#failed = true;
          resolve();
        },
      });
    });
  }
}
