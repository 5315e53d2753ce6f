import type { WireRow } from "../../../core/json.ts";
import type { Predicate } from "../../../core/query/predicate.ts";
import { type Alike, countsOfEach, rowsOfEach } from "../../database/read-alike.ts";
import { type Shape, shapeOf } from "../../database/shape.ts";
import { groupBy } from "../../group-by.ts";
import { inParts } from "../../in-parts.ts";
import { ensureFew } from "../../operation/ensure-few.ts";
import { pagePredicate } from "../../operation/fetch-rows.ts";
import type { Db } from "../../register.ts";
import type { Runtime } from "../../runtime.ts";
import { settle } from "../../settle.ts";
import type { LiveQuery } from "../live-query.ts";
import { type AskedOfWindow, readWindow, type WindowReading } from "./read-window.ts";

/** A live query to be read as a whole, or what is asked of its window. */
export interface QueryAsked {
  readonly query: LiveQuery;
  readonly window: AskedOfWindow | null;
}

type Result = PromiseSettledResult<WindowReading>;

/** Bounds of one query of the database: live queries, and the rows of all of them together that windows ask for. */
const mostQueries = 1_000;
const mostRows = 50_000;

/**
 * Reads live queries, or their windows, in the snapshot of `db`: all rows, columns as they are, nothing nested. One query of the
 * database answers for all that are alike but for their operands, and one counts for them. What cannot be read of one of them is its
 * own; where a shared query fails, each is read by itself.
 */
export async function readQueries(
  runtime: Runtime,
  db: Db,
  asked: readonly QueryAsked[],
): Promise<readonly Result[]> {
  const { database } = runtime;
  const results = new Map<QueryAsked, Result>();
  const takeEach = async (alike: readonly QueryAsked[]): Promise<void> => {
    for (const each of alike) results.set(each, await settle(() => readOne(runtime, db, each)));
  };
  for (const [text, alike] of groupBy(asked, (each) => alikeText(each))) {
    if (text === null || alike.length === 1) {
      await takeEach(alike);
      continue;
    }
    for (const part of inParts(alike, sizeOf(alike))) {
      const shared = await settle(() => readTogether(runtime, db, part));
      const isGone = shared.status === "rejected" && database.toError(shared.reason)?.code === "unavailable";
      if (isGone) for (const each of part) results.set(each, shared);
      else if (shared.status === "rejected") {
        // One of them may be at fault. Said, because the lists stay right and only the time shows it.
        runtime.log.warn(
          { err: shared.reason, lists: part.length },
          "a shared query failed: each list is read by itself",
        );
        await takeEach(part);
      } else
        for (const [place, each] of part.entries())
          results.set(each, resultOf(runtime, each, shared.value[place]));
    }
  }
  return asked.map((each) => results.get(each) ?? resultOf(runtime, each, undefined));
}

/** Reads one by itself. */
async function readOne(runtime: Runtime, db: Db, { query, window }: QueryAsked): Promise<WindowReading> {
  if (window !== null) return readWindow(runtime, db, query, window);
  const { liveRows } = runtime.limits;
  const { rows } = await readWindow(runtime, db, wholeOf(query), { limit: liveRows + 1, total: false });
  ensureFew(rows.length, liveRows);
  return { rows, total: null };
}

/** The query of all rows. Which of them a permission withholds is found out later: what was shown may have to leave. */
function wholeOf(query: LiveQuery): LiveQuery {
  return { ...query, may: null, bound: { ...query.bound, after: null } };
}

/** Two with the same text are alike but for their operands; null: to be read by itself. */
function alikeText({ query, window }: QueryAsked): string | null {
  if (window !== null && query.may !== null) return null;
  const { bound } = query;
  const { text, binding } = shapeOf(predicateOf({ query, window }), bound.resource.info);
  const whole = shapeOf(bound.predicate, bound.resource.info).binding;
  if (binding === null || whole === null) return null;
  return JSON.stringify([text, window, window === null || window.limit === 0 ? null : bound.order]);
}

/** The rows that it has, or of which its window has the first. */
function predicateOf({ query: { bound }, window }: QueryAsked): Predicate {
  return window === null ? bound.predicate : pagePredicate(bound);
}

function sizeOf([first]: readonly QueryAsked[]): number {
  const limit = first?.window?.limit ?? 0;
  return Math.max(1, Math.min(mostQueries, Math.floor(mostRows / Math.max(1, limit))));
}

interface Read {
  readonly rows: WireRow[];
  readonly total: number | null;
}

async function readTogether(
  { database: { dialect }, limits }: Runtime,
  db: Db,
  asked: readonly QueryAsked[],
): Promise<readonly Read[]> {
  const [first] = asked;
  if (first === undefined) return [];
  const { query, window } = first;
  const { order } = query.bound;
  const limit = window?.limit ?? limits.liveRows + 1;
  const totals =
    window?.total === true
      ? await countsOfEach(
          db,
          dialect,
          alikeOf(asked, ({ query }) => query.bound.predicate),
        )
      : null;
  const read = asked.map((_, place): Read => ({ rows: [], total: totals?.[place] ?? null }));
  if (limit === 0) return read;
  const wholly = window === null || window.total;
  const rows = await rowsOfEach(db, dialect, alikeOf(asked, predicateOf), {
    order,
    limit,
    wholly,
    most: asked.length * limit,
  });
  for (const { place, row } of rows) read[place]?.rows.push(row);
  return read;
}

function alikeOf(asked: readonly QueryAsked[], predicateOf: (each: QueryAsked) => Predicate): Alike {
  const predicates = asked.map(predicateOf);
  const [predicate = { op: "false" } as const] = predicates;
  const [first] = asked;
  if (first === undefined) throw new TypeError("Nothing is asked.");
  const { info } = first.query.bound.resource;
  const bindings = predicates.map((each): Shape["binding"] => shapeOf(each, info).binding);
  return { info, predicate, bindings: bindings.map((binding) => binding ?? []) };
}

function resultOf({ limits }: Runtime, { window }: QueryAsked, read: Read | undefined): Result {
  try {
    const { rows, total } = read ?? { rows: [], total: null };
    if (window === null) ensureFew(rows.length, limits.liveRows);
    return { status: "fulfilled", value: { rows, total } };
  } catch (reason) {
    return { status: "rejected", reason };
  }
}
