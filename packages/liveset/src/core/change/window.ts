import type { WireRow } from "../json.ts";
import type { KeyText } from "../key/key.ts";

/** How a window is cut out of a list. */
export interface WindowShape {
  /** Rows inside, at least 1. */
  readonly limit: number;
  /** Rows that are known beyond those inside, at least 1: they slide in without the database being asked. */
  readonly ahead: number;
  readonly keyOf: (row: WireRow) => KeyText;
  /** The list's order, total: 0 only for rows of one key. */
  readonly compare: (a: WireRow, b: WireRow) => number;
}

/** The beginning of a list, as far as it is known: more rows than are inside, or all that there are. Immutable. */
export interface Window {
  /** In order, the look-ahead included. */
  readonly known: readonly WireRow[];
  /** Whether the list has no row behind the known ones. */
  readonly isComplete: boolean;
}

/** A row of the list before and after a transaction; null where it is not in the list. At most one for each row. */
export interface ListedChange {
  readonly before: WireRow | null;
  readonly after: WireRow | null;
}

/** A window after a transaction, and what that means to the rows inside. */
export interface WindowStep {
  readonly next: Window;
  readonly enter: readonly WireRow[];
  /** Inside before and after, as other objects: whether it shows is not asked. */
  readonly update: readonly WireRow[];
  readonly leave: readonly KeyText[];
}

/** The look-ahead of a window of so many rows: half of them, 10 at least and 100 at most. */
export function lookAhead(limit: number): number {
  return Math.min(100, Math.max(10, Math.ceil(limit / 2)));
}

/** A window of the first rows of a list, in order: `limit + ahead` of them, or all that there are. */
export function openWindow({ limit, ahead }: WindowShape, rows: readonly WireRow[]): Window {
  return { known: rows, isComplete: rows.length < limit + ahead };
}

/** The rows inside, in order. */
export function insideOf({ limit }: WindowShape, { known }: Window): readonly WireRow[] {
  return known.slice(0, limit);
}

/** Whether the list goes on behind the window. */
export function hasMore({ limit }: WindowShape, { known }: Window): boolean {
  return known.length > limit;
}

/**
 * Takes a transaction into a window:
 *
 *   ├──── inside ────┤── ahead ──┤┄┄ not known ┄┄   a row pushed out goes ahead, one that slides in comes from there
 *   known[0]    limit          the last known
 *
 * What happens behind the last known row changes nothing. Null where so many rows left that the known ones do not tell what is
 * inside, or whether there are more: then the beginning of the list is to be read anew. A wrong window is never given.
 */
export function stepWindow(
  shape: WindowShape,
  present: Window,
  changes: readonly ListedChange[],
): WindowStep | null {
  const isKnown = knownRange(shape, present);
  const gone = new Set<KeyText>();
  const come: WireRow[] = [];
  for (const { before, after } of changes) {
    if (before !== null && isKnown(before)) gone.add(shape.keyOf(before));
    if (after !== null && isKnown(after)) come.push(after);
  }
  if (gone.size + come.length === 0) return { next: present, enter: [], update: [], leave: [] };
  const kept = gone.size === 0 ? present.known : present.known.filter((row) => !gone.has(shape.keyOf(row)));
  const known = merge(kept, come.sort(shape.compare), shape.compare);
  if (known.length <= shape.limit && !present.isComplete) return null;
  return { next: bound(shape, known, present.isComplete), ...difference(shape, present.known, known) };
}

/** Tells of a place in the order whether all rows there are known: up to the last known row, its own place included. */
function knownRange({ compare }: WindowShape, { known, isComplete }: Window): (row: WireRow) => boolean {
  const last = known.at(-1);
  return (row) => isComplete || (last !== undefined && compare(row, last) <= 0);
}

/** Two sorted lists as one. */
function merge(
  kept: readonly WireRow[],
  come: readonly WireRow[],
  compare: WindowShape["compare"],
): readonly WireRow[] {
  const merged: WireRow[] = [];
  let next = 0;
  for (const row of come) {
    for (; next < kept.length && compare(kept[next] as WireRow, row) < 0; next++) {
      merged.push(kept[next] as WireRow);
    }
    merged.push(row);
  }
  return merged.concat(kept.slice(next));
}

/** A look-ahead that has grown to twice its size is cut: memory stays bounded, and one row more does not cut each time. */
function bound({ limit, ahead }: WindowShape, known: readonly WireRow[], isComplete: boolean): Window {
  return known.length <= limit + 2 * ahead
    ? { known, isComplete }
    : { known: known.slice(0, limit + ahead), isComplete: false };
}

function difference(
  { limit, keyOf }: WindowShape,
  before: readonly WireRow[],
  after: readonly WireRow[],
): Omit<WindowStep, "next"> {
  const left = new Map(before.slice(0, limit).map((row) => [keyOf(row), row]));
  const enter: WireRow[] = [];
  const update: WireRow[] = [];
  for (const row of after.slice(0, limit)) {
    const key = keyOf(row);
    const old = left.get(key);
    left.delete(key);
    if (old === undefined) enter.push(row);
    else if (old !== row) update.push(row);
  }
  return { enter, update, leave: [...left.keys()] };
}
