import type { Transaction } from "../../core/change/transaction.ts";
import type { Runtime } from "../runtime.ts";
import type { Authors } from "./authors.ts";
import { Draft } from "./draft.ts";
import { failureOf } from "./failure-of.ts";
import { getOrMake } from "./get-or-make.ts";
import type { Group } from "./group.ts";
import type { GroupChanges } from "./group-changes.ts";
import type { Groups } from "./groups.ts";
import type { Judgement } from "./judged/judgement.ts";
import { ShownChanges } from "./shown-changes.ts";
import type { Audience } from "./subscriber.ts";

/** What a transaction is handed out with. */
export interface DispatchParts {
  readonly runtime: Runtime;
  readonly groups: Groups;
  readonly authors: Authors;
}

/** What a transaction did to groups, and which of them can no longer be followed. */
interface Outcome {
  readonly changes: Map<Group, GroupChanges>;
  readonly failed: Map<Group, unknown>;
}

/**
 * Hands one transaction to all whom it concerns: to each its groups' changes, then one commit (P3). Synchronous, so
 * that no other frame comes between. Does not throw: a group that fails ends for its own subscribers (P7).
 *
 * @param judgements what became of the groups that only the database can judge
 */
export function dispatch(
  { runtime, groups, authors }: DispatchParts,
  transaction: Transaction,
  judgements: readonly Judgement[],
): void {
  const { changes, failed } = outcomeOf(groups, transaction, judgements);
  for (const [group, thrown] of failed) {
    const error = failureOf(runtime, thrown, { resource: group.resource.name, group: group.number });
    for (const subscriber of [...group.subscribers]) subscriber.fail(error);
  }
  const told = new Set<Audience>();
  for (const [group, groupChanges] of changes) if (!failed.has(group)) group.publish(groupChanges, told);
  const written = authors.of(transaction.mutations);
  for (const audience of written.keys()) told.add(audience);
  for (const audience of told) audience.commit(transaction.cursor, written.get(audience) ?? []);
}

function outcomeOf(groups: Groups, transaction: Transaction, judgements: readonly Judgement[]): Outcome {
  const shown = new ShownChanges();
  const drafts = new Map<Group, Draft>();
  const failed = new Map<Group, unknown>();
  for (const change of transaction.changes) {
    for (const group of groups.candidates(change)) {
      const draft = getOrMake(drafts, group, () => new Draft(group));
      try {
        draft.record(change, shown.of(group.projection, change));
      } catch (thrown) {
        failed.set(group, thrown);
      }
    }
  }
  const changes = new Map<Group, GroupChanges>();
  for (const [group, draft] of drafts) {
    const found = draft.changes(transaction.cursor);
    if (found !== null) changes.set(group, found);
  }
  for (const judgement of judgements) {
    const { group } = judgement;
    if ("thrown" in judgement) failed.set(group, judgement.thrown);
    else {
      const { enter, update, leave, total, hasMore } = judgement.changes;
      const isNothing = enter.length + update.length + leave.length === 0;
      if (isNothing && total === undefined && hasMore === undefined) continue;
      changes.set(group, { group: group.number, cursor: transaction.cursor, ...judgement.changes });
    }
  }
  return { changes, failed };
}
