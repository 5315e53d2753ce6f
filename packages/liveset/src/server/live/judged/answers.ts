import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { WireRow } from "../../../core/json.ts";
import { type KeyText, keyTextOf } from "../../../core/key/key.ts";
import { ensureFew } from "../../operation/ensure-few.ts";
import { fetchRows } from "../../operation/fetch-rows.ts";
import type { Db } from "../../register.ts";
import type { Runtime } from "../../runtime.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import type { Concerns, Question } from "./concerns.ts";
import type { JudgedQuery } from "./judged-query.ts";
import { readBelonging } from "./read-belonging.ts";
import { readKeys } from "./read-keys.ts";
import type { WindowReading } from "./read-window.ts";

/** What the database says of a group. */
export interface Verdict {
  /** The keys that it was asked about; null: all that there are. */
  readonly asked: Set<KeyText> | null;
  /** The rows among them that belong to the group, all columns. */
  readonly found: Map<KeyText, WireRow>;
  /** Of a window, in place of these. */
  readonly reading?: WindowReading;
}

/** A verdict for each group that was concerned, or why there is none. */
export interface Answers {
  readonly verdicts: Map<Group, Verdict>;
  readonly failed: Map<Group, unknown>;
}

/** Rows that are asked about one by one; where there are more, the groups are read as a whole. */
const mostKeys = 5_000;

/**
 * Asks the database, in the snapshot that `db` reads, what became of the groups: one query for all of a shape. A group whose query fails
 * has no verdict, others have theirs (P7).
 *
 * @throws LivesetError `unavailable`, or what the database has for it, where none can be had.
 */
export async function answer(runtime: Runtime, db: Db, concerns: Concerns): Promise<Answers> {
  const answers: Answers = { verdicts: new Map(), failed: new Map() };
  const whole = new Map(concerns.whole);
  for (const question of concerns.questions) {
    const groups = new Map([...question.groups].filter(([group]) => !whole.has(group)));
    try {
      const done = await answerQuestion(runtime, db, { ...question, groups }, answers);
      if (!done) for (const [group, judged] of groups) whole.set(group, judged);
    } catch (thrown) {
      throwIfGone(runtime, thrown);
      // One of them may be at fault: each is asked by itself. Said, because the lists stay right and only the time shows it.
      runtime.log.warn(
        { err: thrown, lists: groups.size },
        "a shared query failed: each list is read by itself",
      );
      for (const [group, judged] of groups) whole.set(group, judged);
    }
  }
  for (const [group, judged] of whole) {
    try {
      answers.verdicts.set(group, await readAnew(runtime, db, judged));
    } catch (thrown) {
      throwIfGone(runtime, thrown);
      answers.failed.set(group, thrown);
    }
  }
  return answers;
}

async function readAnew(runtime: Runtime, db: Db, judged: JudgedQuery): Promise<Verdict> {
  const { window, info } = judged;
  if (window !== null) return { asked: null, found: new Map(), reading: await window.read(runtime, db) };
  const rows = await readWhole(runtime, db, judged);
  return { asked: null, found: new Map(rows.map((row) => [keyTextOf(row, info.key), row])) };
}

/**
 * The rows of a query, all columns.
 *
 * @throws LivesetError `too_many_rows`.
 */
export async function readWhole(
  { database, limits }: Runtime,
  db: Db,
  { query }: JudgedQuery,
): Promise<WireRow[]> {
  const all = { ...query.bound, limit: limits.liveRows + 1, offset: 0, after: null };
  const rows = await fetchRows(db, all, database.dialect);
  ensureFew(rows.length, limits.liveRows);
  return rows;
}

/** False where the rows in question are too many. */
async function answerQuestion(
  { database: { dialect } }: Runtime,
  db: Db,
  question: Question,
  { verdicts }: Answers,
): Promise<boolean> {
  const groups = [...question.groups.keys()];
  const queries = [...question.groups.values()];
  const [first] = queries;
  if (first === undefined) return true;
  const { info } = first;
  const keys = await readKeys(db, dialect, info, question, mostKeys);
  if (keys === null) return false;
  const texts = keys.map((key) =>
    keyTextOf(Object.fromEntries(info.key.map((name, i) => [name, key[i] ?? null])), info.key),
  );
  const own = groups.map((group) =>
    getOrMake(verdicts, group, () => ({ asked: new Set<KeyText>(), found: new Map() })),
  );
  for (const { asked } of own) for (const text of texts) asked?.add(text);
  await readBelonging(db, dialect, queries, keys, (place, key, row) => own[place]?.found.set(key, row));
  return true;
}

/** A database that cannot be asked at all is no fault of a group's. */
function throwIfGone({ database }: Runtime, thrown: unknown): void {
  const error = thrown instanceof LivesetError ? thrown : database.toError(thrown);
  if (error?.code === "unavailable") throw error;
}
