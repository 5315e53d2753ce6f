import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import { type KeyText, keyTextOf } from "../../core/key/key.ts";
import type { Query } from "../../core/protocol/query.ts";
import type { WireOrderTerm } from "../../core/protocol/subscribed.ts";
import { canonical } from "../../core/query/canonical.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import { isPromiseLike } from "../is-promise-like.ts";
import { makeContext } from "../make-context.ts";
import { bindCount, bindList, bindRow } from "../operation/bind.ts";
import type { Bound, Nested } from "../operation/bound.ts";
import { checkPermission } from "../operation/check-permission.ts";
import { nesting } from "../operation/nesting.ts";
import { alsoShowing } from "../operation/projection.ts";
import { lookUpRow, type RowLookup } from "../operation/row-lookup.ts";
import { scopePredicate, toPredicate } from "../operation/scope-predicate.ts";
import { seenBy } from "../operation/seen-by.ts";
import type { Runtime } from "../runtime.ts";
import { withinTime } from "../within-time.ts";
import type { Ask } from "./ask.ts";
import type { Caller } from "./caller.ts";
import { columnsIn } from "./columns-in.ts";

/** A query to be followed, bound to its caller. */
export interface LiveQuery {
  readonly bound: Bound;
  readonly isList: boolean;
  /** Of a list, how many of its first rows are followed (0: none), and whether all are counted; null where it is followed as a whole. */
  readonly window: { readonly limit: number; readonly total: boolean } | null;
  /** How a client places rows; empty for one row. */
  readonly order: readonly WireOrderTerm[];
  /**
   * The canonical form: two queries with the same text have the same rows, shown the same, and share a group. The order
   * is no part of it but where it decides which rows are inside: it is the client that sorts.
   */
  readonly text: string;
  /** For a resource that asks a permission with the row: whether the caller may see a row as it is now. Throws where the permission does. */
  readonly may: ((row: WireRow) => boolean) | null;
  /** Columns of which old values are told beside the rows. */
  readonly traced: readonly string[];
}

/** One for all: every group has it. */
const none: readonly never[] = [];

/**
 * Binds what a client wants to follow.
 *
 * @throws LivesetError as the operation of the same name would, and `invalid` for what a live query does not offer.
 */
export function bindLive(runtime: Runtime, caller: Caller, ask: Ask): Promise<LiveQuery> {
  return withinTime(runtime, `${ask.resource}.${ask.action}`, () => bind(runtime, caller, ask));
}

async function bind(runtime: Runtime, caller: Caller, ask: Ask): Promise<LiveQuery> {
  const resource = runtime.resources.get(ask.resource);
  if (resource === undefined) {
    throw new LivesetError("unknown_resource", { detail: `There is no resource "${ask.resource}".` });
  }
  const operation = ask.action === "count" ? "list" : ask.action;
  if (!resource.operations.has(operation)) {
    throw new LivesetError("method_not_allowed", {
      detail: `${resource.name} does not offer ${operation}.`,
    });
  }
  const context = await makeContext(runtime, resource, {
    user: caller.user,
    request: caller.request,
    params: ask.params,
  });
  const seen = await seenBy(resource, context);
  if (ask.action === "retrieve") return liveRow(runtime, seen, context, ask, caller);
  return ask.action === "list"
    ? liveList(runtime, seen, context, ask, caller)
    : liveCount(runtime, seen, context, ask, caller);
}

async function liveList(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  { key, query = {}, traced = none, within }: Ask,
  caller: Caller,
): Promise<LiveQuery> {
  if (key !== undefined) throw invalid(["key"], "unexpected", "list takes no key.");
  const window = windowOf(runtime, resource, query);
  for (const column of Object.keys(query.orderBy ?? {})) {
    if (resource.sortable.has(column) && !resource.fields.includes(column)) {
      throw invalid(
        ["orderBy", column],
        "unsupported",
        `${column} is not shown, so a live list cannot be ordered by it.`,
      );
    }
  }
  await checkPermission(resource, "list", context);
  const listed = tracing(showingOrder(await bindList(runtime, resource, context, query)), traced);
  const bound = within === undefined ? listed : await narrowed(listed, within);
  const cut = window === null ? null : [bound.order, window.limit, bound.after, window.total];
  const { may, owner } = rowPermission(bound, caller);
  return {
    bound,
    isList: true,
    window,
    order: wireOrder(bound),
    text: groupText(bound, "list", owner, cut),
    may,
    traced,
  };
}

async function narrowed(bound: Bound, within: (context: Context) => unknown): Promise<Bound> {
  const further = toPredicate(bound.resource, "observer", await within(bound.context));
  return { ...bound, predicate: normalize({ op: "and", of: [bound.predicate, further] }) };
}

async function liveCount(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  { key, query = {} }: Ask,
  caller: Caller,
): Promise<LiveQuery> {
  if (key !== undefined) throw invalid(["key"], "unexpected", "count takes no key.");
  for (const name of ["orderBy", "limit", "offset", "after", "total", "fields", "with"] as const) {
    if (query[name] !== undefined) throw invalid([name], "unexpected", `count takes no ${name}.`);
  }
  await checkPermission(resource, "list", context);
  const bound = await bindCount(runtime, resource, context, query);
  const window = { limit: 0, total: true };
  const { may, owner } = rowPermission(bound, caller);
  const text = groupText(bound, "count", owner);
  return { bound, isList: true, window, order: none, text, may, traced: none };
}

/** How a list is cut; null where it is not. */
function windowOf({ limits }: Runtime, resource: CompiledResource, query: Query): LiveQuery["window"] {
  const { limit, offset, after, total = false } = query;
  if (offset !== undefined) {
    throw invalid(["offset"], "unsupported", "A live list takes no offset: a window begins behind after.");
  }
  if (limit === undefined) {
    for (const [name, value] of Object.entries({ after, total: query.total })) {
      if (value !== undefined) throw invalid([name], "unexpected", `${name} needs a limit in a live list.`);
    }
    return null;
  }
  const most = Math.min(resource.maxPageSize, limits.pageSize);
  if (limit > most) throw new LivesetError("limit_exceeded", { detail: `limit may be at most ${most}.` });
  return { limit, total };
}

async function liveRow(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  { key: given, lookup, query, traced = none }: Ask,
  caller: Caller,
): Promise<LiveQuery> {
  const key = lookup === undefined ? given : await keyOf(runtime, resource, context, lookup);
  if (key === undefined) throw invalid(["key"], "required", "retrieve needs a key.");
  const bound = tracing(await bindRow(runtime, resource, context, key, query), traced);
  const { may, owner } = rowPermission(bound, caller);
  const text = groupText(bound, "retrieve", owner);
  return { bound, isList: false, window: null, order: none, text, may, traced };
}

async function keyOf(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  lookup: RowLookup,
): Promise<KeyText> {
  const scope = await scopePredicate(resource, context);
  const { value } = await runtime.database.read((db) => lookUpRow(runtime, db, resource, lookup, scope));
  return keyTextOf(value, resource.info.key);
}

/** The permission that is asked with each row, and whose group that makes it. A permission may depend on anything in the context. */
function rowPermission(
  { resource, context, nested }: Bound,
  caller: Caller,
): Pick<LiveQuery, "may"> & { readonly owner: unknown } {
  const permission = resource.options.permissions?.retrieve;
  const owner = [caller.id, context.params];
  if (permission === undefined) return { may: null, owner: nested.some(asksRows) ? owner : null };
  const may = (row: WireRow): boolean => {
    const answer: unknown = permission(context, resource.info.fromWire(row));
    if (!isPromiseLike(answer)) return answer === true;
    answer.then(undefined, () => {});
    throw new TypeError(
      `${resource.name}: the permission "retrieve" must answer at once to be followed live.`,
    );
  };
  return { may, owner };
}

/** Whether a permission is asked with nested rows. */
export function asksRows({ bound }: Nested): boolean {
  return bound.resource.options.permissions?.retrieve !== undefined || bound.nested.some(asksRows);
}

/** The client places rows by the columns of the order, so it is shown them, whichever fields it chose. */
function showingOrder(bound: Bound): Bound {
  const columns = bound.order.map(({ column }) => column);
  return {
    ...bound,
    projection: nesting(alsoShowing(bound.resource, bound.projection, columns), bound.nested),
  };
}

/** Rows with the traced columns, for those who never send them. */
function tracing(bound: Bound, traced: readonly string[]): Bound {
  if (traced.length === 0) return bound;
  const { projection } = bound;
  return {
    ...bound,
    projection: {
      ...projection,
      reads: projection.reads === null ? null : new Set([...projection.reads, ...traced]),
      text: JSON.stringify([projection.text, "traced", traced]),
      serialize: (row) => ({ ...projection.serialize(row), ...columnsIn(row, traced) }),
    },
  };
}

function wireOrder({ order, projection, resource }: Bound): readonly WireOrderTerm[] {
  return order.flatMap((term) => {
    const kind = resource.info.columns.get(term.column)?.kind;
    return kind === undefined || !projection.fields.includes(term.column) ? [] : [{ ...term, kind }];
  });
}

function groupText(
  { projection, predicate }: Bound,
  action: string,
  owner: unknown = null,
  cut: unknown = null,
): string {
  return JSON.stringify([action, projection.text, canonical(predicate), owner, cut]);
}
