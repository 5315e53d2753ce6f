import type { Transaction } from "../../core/change/transaction.ts";
import type { Runtime } from "../runtime.ts";
import type { Authors } from "./authors.ts";
import { Draft } from "./draft.ts";
import { failureOf } from "./failure-of.ts";
import { getOrMake } from "./get-or-make.ts";
import type { Group } from "./group.ts";
import type { Groups } from "./groups.ts";
import { ShownChanges } from "./shown-changes.ts";
import type { Audience } from "./subscriber.ts";

/** What a transaction is handed out with. */
export interface DispatchParts {
  readonly runtime: Runtime;
  readonly groups: Groups;
  readonly authors: Authors;
}

/**
 * Hands one transaction to all whom it concerns: to each its groups' changes, then one commit (P3). Synchronous, so
 * that no other frame comes between. Does not throw: a group that fails ends for its own subscribers (P7).
 */
export function dispatch({ runtime, groups, authors }: DispatchParts, transaction: Transaction): void {
  const { drafts, failed } = draftAll(groups, transaction);
  for (const [group, thrown] of failed) {
    const error = failureOf(runtime, thrown, { resource: group.resource.name, group: group.number });
    for (const subscriber of [...group.subscribers]) subscriber.fail(error);
  }
  const told = new Set<Audience>();
  for (const [group, draft] of drafts) {
    const changes = draft.changes(transaction.cursor);
    if (changes !== null && !failed.has(group)) group.publish(changes, told);
  }
  const written = authors.of(transaction.mutations);
  for (const audience of written.keys()) told.add(audience);
  for (const audience of told) audience.commit(transaction.cursor, written.get(audience) ?? []);
}

function draftAll(
  groups: Groups,
  { changes }: Transaction,
): { readonly drafts: ReadonlyMap<Group, Draft>; readonly failed: ReadonlyMap<Group, unknown> } {
  const shown = new ShownChanges();
  const drafts = new Map<Group, Draft>();
  const failed = new Map<Group, unknown>();
  for (const change of changes) {
    for (const group of groups.candidates(change)) {
      const draft = getOrMake(drafts, group, () => new Draft(group));
      try {
        draft.record(change, shown.of(group.resource, change));
      } catch (thrown) {
        failed.set(group, thrown);
      }
    }
  }
  return { drafts, failed };
}
