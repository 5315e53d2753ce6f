import type { Json, WireRow } from "../../core/json.ts";
import type { Tuple } from "../../core/query/have-one-of.ts";
import type { Operand } from "../../core/query/predicate.ts";
import { groupBy } from "../group-by.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import type { Nested } from "./bound.ts";
import { isPermitted } from "./check-permission.ts";
import { readChildren } from "./read-children.ts";
import type { Children } from "./read-joined.ts";

/** Rows of one query, all columns, and what is to be nested in them. */
export interface NestingPart {
  readonly nested: readonly Nested[];
  readonly rows: readonly WireRow[];
}

/**
 * Rows of all columns with what is nested in them under the names of the relations, serialised: null or a row behind a relation to
 * one, an array behind one to many. Read through `db`, one query for each relation and level.
 *
 * @throws LivesetError `too_many_rows` where more than `limits.liveRows` rows of one relation would be nested; what a permission or
 * the serializer throws.
 */
export async function withNested(
  runtime: Runtime,
  db: Db,
  nested: readonly Nested[],
  rows: readonly WireRow[],
): Promise<readonly WireRow[]> {
  const [result] = await withNestedInAll(runtime, db, [{ nested, rows }]);
  if (result?.status === "rejected") throw result.reason;
  return result?.value ?? rows;
}

/** The same for several queries: one query of the database for each relation and level, as far as they nest alike. What one of them throws is its own. */
export async function withNestedInAll(
  runtime: Runtime,
  db: Db,
  parts: readonly NestingPart[],
): Promise<readonly PromiseSettledResult<readonly WireRow[]>[]> {
  const asked = parts.map(({ nested, rows }): readonly Children[] =>
    rows.length === 0 ? [] : nested.map((each) => ({ ...each, tuples: tuplesOf(rows, each.relation.from) })),
  );
  const wants = asked.flat();
  const found = wants.length === 0 ? [] : await shownChildren(runtime, db, wants);
  const groups = new Map(wants.map((want, index) => [want, found[index]]));
  return Promise.allSettled(parts.map(async ({ rows }, place) => nest(rows, asked[place] ?? [], groups)));
}

type Grouped = ReadonlyMap<string, readonly WireRow[]>;

function nest(
  rows: readonly WireRow[],
  wants: readonly Children[],
  groups: ReadonlyMap<Children, PromiseSettledResult<Grouped> | undefined>,
): readonly WireRow[] {
  const added: Record<string, Json>[] = rows.map((row) => ({ ...row }));
  for (const want of wants) {
    const { relation } = want;
    const found = groups.get(want);
    if (found?.status !== "fulfilled") throw found?.reason;
    for (const row of added) {
      const tuple = tupleOf(row, relation.from);
      const children = (tuple === null ? undefined : found.value.get(JSON.stringify(tuple))) ?? [];
      row[relation.name] = relation.kind === "one" ? (children[0] ?? null) : children;
    }
  }
  return added;
}

/** What is to be shown of the related rows, by the values that join them. */
async function shownChildren(
  runtime: Runtime,
  db: Db,
  wants: readonly Children[],
): Promise<readonly PromiseSettledResult<Grouped>[]> {
  const read = await readChildren(runtime, db, wants);
  const permitted = await Promise.allSettled(
    wants.map(async ({ bound }, index) => {
      const found = read[index];
      if (found?.status !== "fulfilled") throw found?.reason;
      return permittedOf(bound, found.value);
    }),
  );
  const inner = await withNestedInAll(
    runtime,
    db,
    wants.map(({ bound }, index) => {
      const found = permitted[index];
      return { nested: bound.nested, rows: found?.status === "fulfilled" ? found.value : [] };
    }),
  );
  return Promise.allSettled(
    wants.map(async (want, index) => {
      for (const found of [permitted[index], inner[index]])
        if (found?.status === "rejected") throw found.reason;
      const found = inner[index];
      return grouped(want, found?.status === "fulfilled" ? found.value : []);
    }),
  );
}

async function permittedOf(
  { resource, context }: Nested["bound"],
  rows: readonly WireRow[],
): Promise<readonly WireRow[]> {
  if (resource.options.permissions?.retrieve === undefined) return rows;
  const permitted: WireRow[] = [];
  for (const row of rows) if (await isPermitted(resource, "retrieve", context, row)) permitted.push(row);
  return permitted;
}

/** Serialised, by the values that join them: the first few of each. */
function grouped({ relation, bound }: Nested, rows: readonly WireRow[]): Grouped {
  const groups = groupBy(rows, (row) => JSON.stringify(tupleOf(row, relation.to)));
  return new Map(
    [...groups].map(([text, group]) => [
      text,
      group.slice(0, bound.limit).map((row) => bound.projection.serialize(row)),
    ]),
  );
}

function tuplesOf(rows: readonly WireRow[], columns: readonly string[]): ReadonlyMap<string, Tuple> {
  const tuples = new Map<string, Tuple>();
  for (const row of rows) {
    const tuple = tupleOf(row, columns);
    if (tuple !== null) tuples.set(JSON.stringify(tuple), tuple);
  }
  return tuples;
}

/** Null where one of the values is: nothing is joined by NULL. */
function tupleOf(row: WireRow, columns: readonly string[]): Tuple | null {
  const tuple = columns.map((column) => row[column] ?? null);
  return tuple.includes(null) ? null : (tuple as Operand[]);
}
