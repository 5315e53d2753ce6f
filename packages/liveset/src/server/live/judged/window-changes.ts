import type { Change } from "../../../core/change/change.ts";
import type { Transaction } from "../../../core/change/transaction.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import type { Dependents, Way } from "./dependents.ts";
import type { JudgedQuery } from "./judged-query.ts";
import type { Judgement } from "./judgement.ts";
import type { LiveWindow, LiveWindowStep } from "./live-window.ts";

/** A window that memory follows, and the changes of one transaction that may concern it. */
export interface WindowChanges {
  readonly judged: JudgedQuery;
  readonly window: LiveWindow;
  readonly changes: Change[];
}

/** Whom a transaction may concern, of the groups whose rows are kept. */
export interface Concerned {
  /** Whether some of them only the database can judge. */
  readonly needsDatabase: boolean;
  /** What it means to the windows that memory follows; null: to be read anew. */
  readonly windows: ReadonlyMap<
    Group,
    { readonly judged: JudgedQuery; readonly step: LiveWindowStep | null }
  >;
}

/** The windows that memory follows and that a transaction may concern; `others` is called for other groups. */
export function windowChangesOf(
  dependents: Dependents,
  { changes }: Transaction,
  others: (way: Way, change: Change) => void,
): ReadonlyMap<Group, WindowChanges> {
  const found = new Map<Group, WindowChanges>();
  for (const change of changes) {
    for (const way of dependents.concerned(change)) {
      if (way.family !== null) {
        others(way, change);
        continue;
      }
      const { group, judged } = way;
      const { window } = judged;
      if (window === null || !window.isExact) others(way, change);
      else getOrMake(found, group, () => ({ judged, window, changes: [] })).changes.push(change);
    }
  }
  return found;
}

/** Works out whether a transaction can be handed out without asking the database, everything before it being handed out. */
export function concernedBy(dependents: Dependents, transaction: Transaction): Concerned {
  let needsDatabase = false;
  const found = windowChangesOf(dependents, transaction, () => {
    needsDatabase = true;
  });
  const windows = new Map<Group, { readonly judged: JudgedQuery; readonly step: LiveWindowStep | null }>();
  for (const [group, { judged, window, changes }] of found) {
    const step = window.step(window.state, changes);
    windows.set(group, { judged, step });
    if (step === null) needsDatabase = true;
  }
  return { needsDatabase, windows };
}

/**
 * Takes a transaction into the windows that memory follows, and tells what changed.
 *
 * @param ahead groups that have been read at a later moment, and have it already
 */
export function followWindows(
  { windows }: Concerned,
  ahead: ReadonlySet<Group> = new Set(),
): readonly Judgement[] {
  const judgements: Judgement[] = [];
  for (const [group, { judged, step }] of windows) {
    if (ahead.has(group)) continue;
    try {
      if (step === null) throw new TypeError("A window that is to be read anew cannot be followed.");
      judgements.push({ group, changes: judged.advance(step) });
    } catch (thrown) {
      judgements.push({ group, thrown });
    }
  }
  return judgements;
}
