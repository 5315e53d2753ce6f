import { refusal } from "../../operation/check-permission.ts";
import { withNestedInAll } from "../../operation/read-nested.ts";
import type { Db } from "../../register.ts";
import type { Runtime } from "../../runtime.ts";
import { failureOf } from "../failure-of.ts";
import type { Group } from "../group.ts";
import type { JudgedQuery } from "./judged-query.ts";
import { type QueryAsked, readQueries } from "./read-queries.ts";
import type { WindowReading } from "./read-window.ts";

interface Load {
  readonly judged: JudgedQuery;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Groups read in one snapshot; changes wait for it. */
const mostLoads = 32;

/** The groups of which somebody waits for the rows, which only the database can tell. */
export class Loads {
  readonly #waiting = new Map<Group, Load>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Resolves when the group's members are loaded; rejects with the reason why they cannot be. */
  add(group: Group, judged: JudgedQuery): Promise<void> {
    const known = this.#waiting.get(group);
    if (known !== undefined) return known.done;
    let [resolve, reject]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
    const done = new Promise<void>((...settle) => {
      [resolve, reject] = settle;
    });
    this.#waiting.set(group, { judged, done, resolve, reject });
    return done;
  }

  /** Reads rows, some groups at once. What is returned hands them over; if it is never called, they are read again. */
  async read(runtime: Runtime, db: Db): Promise<() => void> {
    const loads = [...this.#waiting].slice(0, mostLoads);
    // Whom nobody holds any more is not read.
    const held = loads.filter(([{ subscribers }]) => subscribers.size > 0);
    const results = await readNested(
      runtime,
      db,
      held.map(([, { judged }]) => judged.asked),
    );
    const read = new Map(held.map(([group], place) => [group, results[place]]));
    const settled = loads.map(([group, load]) => () => {
      this.#waiting.delete(group);
      hand(runtime, group, load, read.get(group));
    });
    return () => {
      for (const settle of settled) settle();
    };
  }

  /** Tells all who wait that it failed. */
  fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Hands over what was read; nothing where the group was not read. */
function hand(
  runtime: Runtime,
  { resource }: Group,
  { judged, resolve, reject }: Load,
  result: PromiseSettledResult<WindowReading> | undefined,
): void {
  if (result === undefined) return resolve();
  try {
    if (result.status === "rejected") throw result.reason;
    const { query, window } = judged;
    const { rows } = result.value;
    if (window !== null) judged.loadWindow(window, result.value);
    else judged.load(rows);
    const isRefused = !query.isList && rows.length > 0 && judged.members?.size === 0;
    if (isRefused) throw refusal(query.bound.context);
    resolve();
  } catch (thrown) {
    reject(failureOf(runtime, thrown, { resource: resource.name }));
  }
}

/** Reads queries with what is nested in their rows. */
async function readNested(
  runtime: Runtime,
  db: Db,
  asked: readonly QueryAsked[],
): Promise<readonly PromiseSettledResult<WindowReading>[]> {
  const results = await readQueries(runtime, db, asked);
  const nested = await withNestedInAll(
    runtime,
    db,
    asked.map(({ query }, place) => {
      const result = results[place];
      return { nested: query.bound.nested, rows: result?.status === "fulfilled" ? result.value.rows : [] };
    }),
  );
  return results.map((result, place) => {
    const inner = nested[place];
    if (result.status === "rejected" || inner === undefined) return result;
    return inner.status === "rejected" ? inner : { ...result, value: { ...result.value, rows: inner.value } };
  });
}
