import { type Issue, invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Json, WireRow } from "../../core/json.ts";
import { type KeyText, keyTextOf } from "../../core/key/key.ts";
import { isRecord } from "../../core/protocol/schema.ts";
import { haveOneOf, type Tuple } from "../../core/query/have-one-of.ts";
import { normalize } from "../../core/query/normalize.ts";
import { inParts } from "../in-parts.ts";
import { invalidInput } from "../invalid-input.ts";
import type { Db } from "../register.ts";
import type { TableInfo } from "../table/table-info.ts";
import type { Answer } from "./answer.ts";
import { bindShown } from "./bind.ts";
import { isPermitted } from "./check-permission.ts";
import { type BoundPart, bindChildren, type Indexes, readIndexes } from "./child-indexes.ts";
import type { Execution } from "./execution.ts";
import { fetchRows } from "./fetch-rows.ts";
import { keyOperands } from "./key-predicate.ts";
import { ensureAtMost, pageLimit } from "./page-limit.ts";
import { withNested } from "./read-nested.ts";
import { scopePredicate } from "./scope-predicate.ts";

/** Keys in one query of the database. */
const mostKeys = 500;
/** Rows that may be asked for together with the keys of their children. */
const mostParents = 100;

/** What a body asks for. */
interface Asked {
  readonly ids: readonly (string | number)[];
  /** By the field of children, how many of the first keys. */
  readonly children: readonly (readonly [string, number])[];
}

/**
 * The rows of several keys, in the order in which they were asked for, each once, read in one snapshot. A key that no row has, and one
 * of a row that the caller may not see, are left out. The body is an array of keys, or `{ids, children: {field: n}}`: then each row has the
 * first `n` keys of its children as `{startIndex: 0, indexes, length}`.
 *
 * @throws LivesetError `invalid` naming what is wrong with the body, `limit_exceeded` for too many keys; `forbidden` or
 * `unauthenticated` where the caller may not list the children.
 */
export async function byIds(execution: Execution): Promise<Answer> {
  const { runtime, resource, context, call } = execution;
  const asked = readAsked(execution, call.data);
  const { projection, nested } = await bindShown(runtime, resource, context, call.query ?? {});
  const fields = await bindFields(execution, asked.children);
  const { value } = await runtime.database.read(async (db) => {
    const rows = await rowsOf({ ...execution, context: { ...context, db } }, asked.ids);
    const children = new Map<WireRow, readonly (() => Promise<readonly [string, Indexes]>)[]>();
    const shown = await withNested(runtime, db, nested, rows);
    for (const row of shown) children.set(row, await readFields(execution, db, fields, row));
    return { shown, children };
  });
  const data: Record<string, Json>[] = [];
  for (const row of value.shown) {
    if (!(await isPermitted(resource, "retrieve", context, row))) continue;
    const own: Record<string, Json> = { ...projection.serialize(row) };
    for (const read of value.children.get(row) ?? []) {
      const [field, indexes] = await read();
      own[field] = indexes;
    }
    data.push(own);
  }
  return { status: 200, data };
}

async function bindFields(
  { runtime, resource, context }: Execution,
  children: Asked["children"],
): Promise<
  readonly { readonly field: string; readonly parts: readonly BoundPart[]; readonly length: number }[]
> {
  const declared = runtime.children.get(resource.name);
  return Promise.all(
    children.map(async ([field, length]) => ({
      field,
      length,
      parts: await bindChildren(runtime, context, declared?.get(field) ?? []),
    })),
  );
}

async function readFields(
  { runtime }: Execution,
  db: Db,
  fields: Awaited<ReturnType<typeof bindFields>>,
  row: WireRow,
): Promise<readonly (() => Promise<readonly [string, Indexes]>)[]> {
  const read: (() => Promise<readonly [string, Indexes]>)[] = [];
  for (const { field, parts, length } of fields) {
    const indexes = await readIndexes(runtime, db, parts, row, { start: 0, length });
    read.push(async () => [field, await indexes()]);
  }
  return read;
}

/** The rows in scope, all columns, in the order of the keys. */
async function rowsOf(
  { runtime, resource, context }: Execution,
  ids: readonly (string | number)[],
): Promise<readonly WireRow[]> {
  const { info, defaultOrder: order } = resource;
  const scope = await scopePredicate(resource, context);
  const keys = keysOf(info, ids);
  const found = new Map<KeyText, WireRow>();
  for (const tuples of inParts([...keys.values()], mostKeys)) {
    const predicate = normalize({ op: "and", of: [scope, haveOneOf(info.key, tuples)] });
    const asked = { resource, predicate, order, limit: Number.POSITIVE_INFINITY, offset: 0, after: null };
    for (const row of await fetchRows(context.db, asked, runtime.database.dialect))
      found.set(keyTextOf(row, info.key), row);
  }
  return [...keys.keys()].flatMap((key) => {
    const row = found.get(key);
    return row === undefined ? [] : [row];
  });
}

/** Keys that a row can have, each once. */
function keysOf(info: TableInfo, ids: readonly (string | number)[]): ReadonlyMap<KeyText, Tuple> {
  const keys = new Map<KeyText, Tuple>();
  for (const id of ids) {
    try {
      const tuple = keyOperands(info, id);
      keys.set(
        keyTextOf(Object.fromEntries(info.key.map((name, i) => [name, tuple[i] ?? null])), info.key),
        tuple,
      );
    } catch (fault) {
      if (!(fault instanceof LivesetError && fault.code === "not_found")) throw fault;
    }
  }
  return keys;
}

function readAsked({ runtime, resource }: Execution, data: Json | undefined): Asked {
  const body: Readonly<Record<string, Json | undefined>> = isRecord(data) ? data : { ids: data };
  const { ids, children = {}, ...rest } = body;
  const most = pageLimit(runtime, resource);
  const at = isRecord(data) ? ["ids"] : [];
  if (!Array.isArray(ids)) throw invalid(at, "type", "The body must be an array of ids, or { ids }.");
  if (!isRecord(children)) throw invalid(["children"], "type", "children must be an object.");
  const declared = runtime.children.get(resource.name);
  const issues: Issue[] = Object.keys(rest).map((name) => ({
    path: [name],
    code: "unknown",
    message: `${name.slice(0, 40)} is not known here.`,
  }));
  for (const [index, id] of ids.entries()) {
    if (typeof id === "string" || typeof id === "number") continue;
    issues.push({ path: [...at, index], code: "type", message: "An id must be a text or a number." });
    break;
  }
  for (const [field, length] of Object.entries(children)) {
    const path = ["children", field];
    if (declared?.has(field) !== true)
      issues.push({ path, code: "not_declared", message: `${resource.name} has no such field of children.` });
    else if (!(Number.isSafeInteger(length) && Number(length) >= 0))
      issues.push({ path, code: "invalid_value", message: "A length must be a whole number, at least 0." });
  }
  if (issues.length > 0) throw invalidInput(issues);
  const lengths = Object.entries(children).map(([field, length]) => [field, Number(length)] as const);
  for (const [field, length] of lengths) ensureAtMost(`children.${field}`, length, most);
  ensureAtMost("The number of ids", ids.length, lengths.length === 0 ? most : Math.min(most, mostParents));
  return { ids: ids as readonly (string | number)[], children: lengths };
}
