import type { Change } from "../../../core/change/change.ts";
import type { Transaction } from "../../../core/change/transaction.ts";
import type { WireRow } from "../../../core/json.ts";
import type { Tuple } from "../../../core/query/have-one-of.ts";
import type { Operand, Relation } from "../../../core/query/predicate.ts";
import type { TableInfo } from "../../table/table-info.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import type { Dependents, Way } from "./dependents.ts";
import type { Family } from "./family.ts";
import type { JudgedQuery } from "./judged-query.ts";
import type { WindowState } from "./live-window.ts";
import { windowChangesOf } from "./window-changes.ts";

/** Rows that may have come or gone, of groups whose predicates have one shape. */
export interface Question {
  readonly info: TableInfo;
  readonly groups: Map<Group, JudgedQuery>;
  /** Of these, who is concerned is to be found out. */
  readonly families: Set<Family>;
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
  /** By group, the place of the first of the transactions that may concern it. */
  readonly first: ReadonlyMap<Group, number>;
  /** By family, that of the first which may concern any of its groups. */
  readonly firstOfFamily: ReadonlyMap<Family, number>;
}

/** Works out who is concerned by transactions, and by which rows. */
export function concernsOf(dependents: Dependents, transactions: readonly Transaction[]): Concerns {
  const questions = new Map<string, Question>();
  const whole = new Map<Group, JudgedQuery>();
  const first = new Map<Group, number>();
  const firstOfFamily = new Map<Family, number>();
  const states = new Map<Group, WindowState>();
  for (const [place, transaction] of transactions.entries()) {
    const windows = windowChangesOf(dependents, transaction, (way, change) => {
      if (way.family !== null) getOrMake(firstOfFamily, way.family, () => place);
      else {
        getOrMake(first, way.group, () => place);
        if (way.path === null || way.judged.window !== null) whole.set(way.group, way.judged);
      }
      ask(questions, way, change);
    });
    for (const [group, { judged, window, changes }] of windows) {
      if (first.has(group)) continue;
      const step = window.step(states.get(group) ?? window.state, changes);
      if (step !== null) states.set(group, step.state);
      else {
        first.set(group, place);
        whole.set(group, judged);
      }
    }
  }
  return { questions: [...questions.values()], whole, first, firstOfFamily };
}

/** All groups that may be concerned. */
export function groupsConcerned({ first, firstOfFamily }: Concerns): ReadonlySet<Group> {
  return new Set([
    ...first.keys(),
    ...[...firstOfFamily.keys()].flatMap((family) => [...family.groups().keys()]),
  ]);
}

/** Notes which rows a change is about, unless it may be about all. */
function ask(questions: Map<string, Question>, way: Way, { before, after }: Change): void {
  const { path } = way;
  if (path === null || (way.family === null && way.judged.window !== null)) return;
  const question = questionOf(questions, way, path);
  if (way.family === null) question.groups.set(way.group, way.judged);
  else question.families.add(way.family);
  const columns = path.at(-1)?.to ?? question.info.key;
  for (const row of [before, after]) note(question, columns, row);
}

function questionOf(questions: Map<string, Question>, way: Way, path: readonly Relation[]): Question {
  const { shape, info } = way.family ?? way.judged;
  return getOrMake(questions, JSON.stringify([shape.text, way.text]), () => ({
    info,
    groups: new Map(),
    families: new Set(),
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
