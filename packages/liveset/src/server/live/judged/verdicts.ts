import type { Transaction } from "../../../core/change/transaction.ts";
import type { WireRow } from "../../../core/json.ts";
import type { KeyText } from "../../../core/key/key.ts";
import { ensureFew } from "../../operation/ensure-few.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import type { Answers, Verdict } from "./answers.ts";
import type { Judgement } from "./judgement.ts";
import type { MemberChanges } from "./members.ts";

/**
 * Puts the database's answers upon the groups, and tells what changed with the first transaction that may have caused it.
 * The members are then those of the last of the transactions, so all of them are to be handed out in the same turn, each once,
 * in their order.
 */
export function judgementsOf(
  transactions: readonly Transaction[],
  answers: Answers,
  mostRows: number,
): (transaction: Transaction) => readonly Judgement[] {
  const groups = new Map<Transaction, Group[]>();
  for (const [group, place] of answers.first) {
    const transaction = transactions[place];
    if (transaction !== undefined) getOrMake(groups, transaction, () => []).push(group);
  }
  // Not before its transaction's turn: a window may have to follow those before it first.
  return (transaction) =>
    (groups.get(transaction) ?? [])
      // Where nobody holds the group any more, its members are nobody's.
      .filter(({ subscribers }) => subscribers.size > 0)
      .map((group) => judge(group, answers, mostRows));
}

function judge(group: Group, { verdicts, failed }: Answers, mostRows: number): Judgement {
  if (failed.has(group)) return { group, thrown: failed.get(group) };
  const verdict = verdicts.get(group);
  try {
    return { group, changes: verdict === undefined ? noChanges : becomes(group, verdict, mostRows) };
  } catch (thrown) {
    return { group, thrown };
  }
}

const noChanges: MemberChanges = { enter: [], update: [], leave: [] };

function becomes({ judged }: Group, { asked, found, reading }: Verdict, mostRows: number): MemberChanges {
  const members = judged?.members;
  if (judged === null || members === null || members === undefined) return noChanges;
  const { window } = judged;
  if (window !== null) return reading === undefined ? noChanges : judged.refill(members, window, reading);
  const shown: Map<KeyText, WireRow> = judged.shown([...found.values()]);
  const changes = members.become(asked ?? members.keys(), shown);
  ensureFew(members.size, mostRows);
  return changes;
}
