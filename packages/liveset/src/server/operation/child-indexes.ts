import type { WireRow } from "../../core/json.ts";
import { keyTextOf } from "../../core/key/key.ts";
import { haveOneOf } from "../../core/query/have-one-of.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { Operand, Predicate } from "../../core/query/predicate.ts";
import type { ChildPart } from "../children-of.ts";
import type { Context } from "../context.ts";
import { makeContext } from "../make-context.ts";
import type { Db } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { isPermitted, refusal } from "./check-permission.ts";
import { ensureFew } from "./ensure-few.ts";
import { countRows, fetchRows } from "./fetch-rows.ts";
import { scopePredicate } from "./scope-predicate.ts";

/** A range of the keys of a row's children, of which there are `length` in all. */
export type Indexes = {
  readonly startIndex: number;
  readonly indexes: readonly string[];
  readonly length: number;
};

/** A part of a field of children, bound to a caller. */
export interface BoundPart extends ChildPart {
  readonly context: Context;
  /** The rows that the caller may see, whoever their parent is. */
  readonly scope: Predicate;
}

/** Where in the field a range begins, and how many keys it has at most. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/**
 * A field of children as the caller may see it: without the parts that he may not list. Parameters of their resources have their
 * defaults.
 *
 * @throws LivesetError `forbidden` or `unauthenticated` where that is none; what a scope or a permission throws.
 */
export async function bindChildren(
  runtime: Runtime,
  context: Context,
  parts: readonly ChildPart[],
): Promise<readonly BoundPart[]> {
  const bound: BoundPart[] = [];
  for (const part of parts) {
    const { user, request } = context;
    const own = { ...(await makeContext(runtime, part.child, { user, request })), db: context.db };
    if (!(await isPermitted(part.child, "list", own))) continue;
    bound.push({ ...part, context: own, scope: await scopePredicate(part.child, own) });
  }
  if (bound.length === 0) throw refusal(context);
  return bound;
}

/**
 * The keys of a row's children in a range: part by part, each in its resource's default order, the key last. What was read in the
 * snapshot of `db` is complete when this resolves; permissions are asked when the returned function is called.
 *
 * @throws LivesetError `too_many_rows` where a permission decides about the rows of a part, and it has more than `limits.liveRows`.
 */
export async function readIndexes(
  runtime: Runtime,
  db: Db,
  parts: readonly BoundPart[],
  parent: WireRow,
  range: Range,
): Promise<() => Promise<Indexes>> {
  return parts.some(({ child }) => child.options.permissions?.retrieve !== undefined)
    ? readPermitted(runtime, db, parts, parent, range)
    : readRange(runtime, db, parts, parent, range);
}

async function readRange(
  { database: { dialect } }: Runtime,
  db: Db,
  parts: readonly BoundPart[],
  parent: WireRow,
  { start, length }: Range,
): Promise<() => Promise<Indexes>> {
  const indexes: string[] = [];
  let total = 0;
  for (const part of parts) {
    const asked = childrenIn(part, parent);
    if (asked === null) continue;
    const count = await countRows(db, asked, dialect);
    const offset = Math.max(0, start - total);
    const limit = Math.min(count - offset, length - indexes.length);
    if (limit > 0) indexes.push(...keysIn(part, await fetchRows(db, { ...asked, offset, limit }, dialect)));
    total += count;
  }
  return async () => ({ startIndex: start, indexes, length: total });
}

async function readPermitted(
  { database: { dialect }, limits }: Runtime,
  db: Db,
  parts: readonly BoundPart[],
  parent: WireRow,
  { start, length }: Range,
): Promise<() => Promise<Indexes>> {
  const read: { readonly part: BoundPart; readonly rows: readonly WireRow[] }[] = [];
  for (const part of parts) {
    const asked = childrenIn(part, parent);
    if (asked === null) continue;
    const rows = await fetchRows(db, { ...asked, limit: limits.liveRows + 1 }, dialect);
    ensureFew(rows.length, limits.liveRows);
    read.push({ part, rows });
  }
  return async () => {
    const keys: string[] = [];
    for (const { part, rows } of read) {
      const permitted: WireRow[] = [];
      for (const row of rows)
        if (await isPermitted(part.child, "retrieve", part.context, row)) permitted.push(row);
      keys.push(...keysIn(part, permitted));
    }
    return { startIndex: start, indexes: keys.slice(start, start + length), length: keys.length };
  };
}

/** The children of a row in a part, as a query without a page; null where it can have none. */
function childrenIn(
  { relation, child, scope }: BoundPart,
  parent: WireRow,
): Parameters<typeof fetchRows>[1] | null {
  const joined = relation.from.map((column) => parent[column] ?? null);
  if (joined.includes(null)) return null;
  const own = haveOneOf(relation.to, [joined as Operand[]]);
  return {
    resource: child,
    predicate: normalize({ op: "and", of: [scope, own] }),
    order: child.defaultOrder,
    limit: Number.POSITIVE_INFINITY,
    offset: 0,
    after: null,
  };
}

function keysIn({ child, prefix }: BoundPart, rows: readonly WireRow[]): readonly string[] {
  return rows.map((row) => prefix + keyTextOf(row, child.info.key));
}
