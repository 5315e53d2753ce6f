import type { Change } from "../../../core/change/change.ts";
import type { Transaction } from "../../../core/change/transaction.ts";
import type { WireRow } from "../../../core/json.ts";
import type { Operand, Relation } from "../../../core/query/predicate.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import type { Dependents, Way } from "./dependents.ts";
import type { JudgedQuery } from "./judged-query.ts";
import type { WindowState } from "./live-window.ts";
import type { Tuple } from "./reach.ts";
import { windowChangesOf } from "./window-changes.ts";

/** Rows that may have come or gone, of groups whose predicates have one shape. */
export interface Question {
  readonly groups: Map<Group, JudgedQuery>;
  /** How the rows lead to what changed; none where they changed themselves. */
  readonly path: readonly Relation[];
  /** What the changed rows had, and have, in their key's columns, or in those by which the path's end is joined. */
  readonly tuples: Map<string, Tuple>;
}

/** What several transactions together may mean to the groups that only the database can judge. */
export interface Concerns {
  readonly questions: readonly Question[];
  /** Groups of which any row may have come or gone. */
  readonly whole: ReadonlyMap<Group, JudgedQuery>;
  /** By group, the first of the transactions that may concern it. */
  readonly first: ReadonlyMap<Group, Transaction>;
}

/** Works out who is concerned by transactions, and by which rows. */
export function concernsOf(dependents: Dependents, transactions: readonly Transaction[]): Concerns {
  const questions = new Map<string, Question>();
  const whole = new Map<Group, JudgedQuery>();
  const first = new Map<Group, Transaction>();
  const states = new Map<Group, WindowState>();
  for (const transaction of transactions) {
    const windows = windowChangesOf(dependents, transaction, (way, change) => {
      const { group, judged, path } = way;
      if (!first.has(group)) first.set(group, transaction);
      if (path === null || judged.window !== null) whole.set(group, judged);
      else ask(questions, way, path, change);
    });
    for (const [group, { judged, window, changes }] of windows) {
      if (first.has(group)) continue;
      const step = window.step(states.get(group) ?? window.state, changes);
      if (step !== null) states.set(group, step.state);
      else {
        first.set(group, transaction);
        whole.set(group, judged);
      }
    }
  }
  return { questions: [...questions.values()], whole, first };
}

function ask(
  questions: Map<string, Question>,
  way: Way,
  path: readonly Relation[],
  { before, after }: Change,
): void {
  const { group, judged } = way;
  const question = questionOf(questions, way, path);
  question.groups.set(group, judged);
  const columns = path.at(-1)?.to ?? judged.info.key;
  for (const row of [before, after]) note(question, columns, row);
}

function questionOf(
  questions: Map<string, Question>,
  { judged, text }: Way,
  path: readonly Relation[],
): Question {
  return getOrMake(questions, JSON.stringify([judged.shape.text, text]), () => ({
    groups: new Map(),
    path,
    tuples: new Map(),
  }));
}

function note({ tuples }: Question, columns: readonly string[], row: WireRow | null): void {
  if (row === null) return;
  const tuple = columns.map((column) => row[column] ?? null);
  // Nothing is joined by NULL.
  if (!tuple.includes(null)) tuples.set(JSON.stringify(tuple), tuple as Operand[]);
}
