import { LivesetError } from "../../../core/error/liveset-error.ts";
import type { WireRow } from "../../../core/json.ts";
import { type KeyText, keyTextOf } from "../../../core/key/key.ts";
import type { Tuple } from "../../../core/query/have-one-of.ts";
import { withNestedInAll } from "../../operation/read-nested.ts";
import type { Db } from "../../register.ts";
import type { Runtime } from "../../runtime.ts";
import { getOrMake } from "../get-or-make.ts";
import type { Group } from "../group.ts";
import type { Concerns, Question } from "./concerns.ts";
import { everyone, groupsAsked } from "./groups-asked.ts";
import type { JudgedQuery } from "./judged-query.ts";
import { readBelonging } from "./read-belonging.ts";
import { readKeys, textsOf } from "./read-keys.ts";
import { readQueries } from "./read-queries.ts";
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
  /** By group, the place of the first of the transactions that may concern it. */
  readonly first: Map<Group, number>;
}

/** Rows that are asked about one by one; where there are more, the groups are read as a whole. */
const mostKeys = 5_000;

/**
 * Asks the database, in the snapshot that `db` reads, what became of the groups: one query for all of a shape, and one for all that nest
 * the same rows. A group whose query fails has no verdict, others have theirs (P7).
 *
 * @throws LivesetError `unavailable`, or what the database has for it, where none can be had.
 */
export async function answer(runtime: Runtime, db: Db, concerns: Concerns): Promise<Answers> {
  const answers: Answers = { verdicts: new Map(), failed: new Map(), first: new Map(concerns.first) };
  const { dialect } = runtime.database;
  const whole = new Map(concerns.whole);
  const askOneByOne = (groups: ReadonlyMap<Group, JudgedQuery>): void => {
    for (const [group, judged] of groups) whole.set(group, judged);
  };
  for (const question of concerns.questions) {
    let groups: ReadonlyMap<Group, JudgedQuery> | null = null;
    try {
      const keys = await readKeys(db, dialect, question.info, question, mostKeys);
      groups = keys === null ? everyone(question) : await groupsAsked(db, dialect, question, keys);
      noteFirst(answers, concerns, question, groups);
      askOneByOne(keys === null ? groups : windowsOf(groups));
      if (keys !== null) await judgeRows(runtime, db, without(groups, whole), keys, answers);
    } catch (thrown) {
      throwIfGone(runtime, thrown);
      groups ??= everyone(question);
      // One of them may be at fault: each is asked by itself. Said, because the lists stay right and only the time shows it.
      runtime.log.warn(
        { err: thrown, lists: groups.size },
        "a shared query failed: each list is read by itself",
      );
      noteFirst(answers, concerns, question, groups);
      askOneByOne(groups);
    }
  }
  asEarlyAsFamilies(answers, concerns);
  await readAnew(runtime, db, whole, answers);
  await nest(runtime, db, answers);
  return answers;
}

/** A group of a family may be concerned as early as the family may. */
function noteFirst(
  { first }: Answers,
  { firstOfFamily }: Concerns,
  { families }: Question,
  groups: ReadonlyMap<Group, JudgedQuery>,
): void {
  for (const family of families) {
    const place = firstOfFamily.get(family) ?? 0;
    for (const group of groups.keys()) {
      if (family.has(group)) first.set(group, Math.min(place, first.get(group) ?? place));
    }
  }
}

/**
 * A group that a later transaction finds by what it asks there, may have been concerned by an earlier one that only found its family:
 * which of its groups that was about is told by the rows as they are now, after both.
 */
function asEarlyAsFamilies({ first }: Answers, { firstOfFamily }: Concerns): void {
  for (const [family, place] of firstOfFamily) {
    for (const [group, own] of first) if (place < own && family.has(group)) first.set(group, place);
  }
}

function windowsOf(groups: ReadonlyMap<Group, JudgedQuery>): ReadonlyMap<Group, JudgedQuery> {
  return new Map([...groups].filter(([, { window }]) => window !== null));
}

function without<V>(
  groups: ReadonlyMap<Group, V>,
  others: ReadonlyMap<Group, unknown>,
): ReadonlyMap<Group, V> {
  return new Map([...groups].filter(([group]) => !others.has(group)));
}

/** Reads groups as a whole. */
async function readAnew(
  runtime: Runtime,
  db: Db,
  whole: ReadonlyMap<Group, JudgedQuery>,
  { verdicts, failed }: Answers,
): Promise<void> {
  const all = [...whole];
  const results = await readQueries(
    runtime,
    db,
    all.map(([, judged]) => judged.asked),
  );
  for (const [place, [group, { window, info }]] of all.entries()) {
    const result = results[place];
    if (result?.status !== "fulfilled") {
      throwIfGone(runtime, result?.reason);
      failed.set(group, result?.reason);
      continue;
    }
    const reading = result.value;
    const found = new Map(window === null ? reading.rows.map((row) => [keyTextOf(row, info.key), row]) : []);
    verdicts.set(group, { asked: null, found, ...(window === null ? {} : { reading }) });
  }
}

/** Nests what is asked for in the rows of all groups at once. */
async function nest(runtime: Runtime, db: Db, { verdicts, failed }: Answers): Promise<void> {
  const nesting = [...verdicts].filter(([{ judged }]) => (judged?.query.bound.nested.length ?? 0) > 0);
  if (nesting.length === 0) return;
  const results = await withNestedInAll(
    runtime,
    db,
    nesting.map(([{ judged }, { found, reading }]) => ({
      nested: judged?.query.bound.nested ?? [],
      rows: reading?.rows ?? [...found.values()],
    })),
  );
  for (const [place, [group, verdict]] of nesting.entries()) {
    const result = results[place];
    if (result?.status !== "fulfilled") {
      throwIfGone(runtime, result?.reason);
      failed.set(group, result?.reason);
    } else if (verdict.reading !== undefined) {
      verdicts.set(group, { ...verdict, reading: { ...verdict.reading, rows: result.value } });
    } else {
      const { key } = group.resource.info;
      for (const row of result.value) verdict.found.set(keyTextOf(row, key), row);
    }
  }
}

/** Finds out which of the rows belong to which of the groups. */
async function judgeRows(
  runtime: Runtime,
  db: Db,
  groups: ReadonlyMap<Group, JudgedQuery>,
  keys: readonly Tuple[],
  { verdicts }: Answers,
): Promise<void> {
  const queries = [...groups.values()];
  const [first] = queries;
  if (first === undefined) return;
  const texts = textsOf(first.info, keys);
  const own = [...groups.keys()].map((group) =>
    getOrMake(verdicts, group, () => ({ asked: new Set<KeyText>(), found: new Map() })),
  );
  for (const { asked } of own) for (const text of texts) asked?.add(text);
  const { dialect } = runtime.database;
  await readBelonging(db, dialect, queries, keys, (place, key, row) => own[place]?.found.set(key, row));
}

/** A database that cannot be asked at all is no fault of a group's. */
function throwIfGone({ database }: Runtime, thrown: unknown): void {
  const error = thrown instanceof LivesetError ? thrown : database.toError(thrown);
  if (error?.code === "unavailable") throw error;
}
