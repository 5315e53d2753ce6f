import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { WireRow } from "../../core/json.ts";
import type { WireOrderTerm } from "../../core/protocol/subscribed.ts";
import { canonical } from "../../core/query/canonical.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import { makeContext } from "../make-context.ts";
import { bindList, bindRow } from "../operation/bind.ts";
import type { Bound } from "../operation/bound.ts";
import { checkPermission } from "../operation/check-permission.ts";
import type { Runtime } from "../runtime.ts";
import { withinTime } from "../within-time.ts";
import type { Ask } from "./ask.ts";
import type { Caller } from "./caller.ts";

/** A query to be followed, bound to its caller. */
export interface LiveQuery {
  readonly bound: Bound;
  readonly isList: boolean;
  /** How a client places rows; empty for one row. */
  readonly order: readonly WireOrderTerm[];
  /**
   * The canonical form: two queries with the same text have the same rows, shown the same, and share a group. The order
   * is no part of it: it is the client that sorts.
   */
  readonly text: string;
  /** For one row of a resource that asks a permission with the row: whether the caller may see it as it is now. Throws where the permission does. */
  readonly may: ((row: WireRow) => boolean) | null;
}

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
  if (!resource.operations.has(ask.action)) {
    throw new LivesetError("method_not_allowed", {
      detail: `${resource.name} does not offer ${ask.action}.`,
    });
  }
  const context = await makeContext(runtime, resource, {
    user: caller.user,
    request: caller.request,
    params: ask.params,
  });
  return ask.action === "list"
    ? liveList(runtime, resource, context, ask)
    : liveRow(runtime, resource, context, ask, caller);
}

async function liveList(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  { key, query = {} }: Ask,
): Promise<LiveQuery> {
  if (key !== undefined) throw invalid(["key"], "unexpected", "list takes no key.");
  for (const name of ["limit", "offset", "after"] as const) {
    if (query[name] !== undefined) {
      throw invalid([name], "unsupported", `A live list takes no ${name}: windows are not offered yet.`);
    }
  }
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
  const bound = await bindList(runtime, resource, context, query);
  return { bound, isList: true, order: wireOrder(bound), text: groupText(bound, "list"), may: null };
}

async function liveRow(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  { key, query }: Ask,
  caller: Caller,
): Promise<LiveQuery> {
  if (key === undefined) throw invalid(["key"], "required", "retrieve needs a key.");
  if (query !== undefined) throw invalid(["query"], "unexpected", "retrieve takes no query.");
  const bound = await bindRow(runtime, resource, context, key);
  const may = rowPermission(resource, context);
  // A permission may depend on anything in the context, so its group is nobody else's.
  const owner = may === null ? null : [caller.id, context.params];
  return { bound, isList: false, order: [], text: groupText(bound, "retrieve", owner), may };
}

function rowPermission(resource: CompiledResource, context: Context): ((row: WireRow) => boolean) | null {
  const permission = resource.options.permissions?.retrieve;
  if (permission === undefined) return null;
  return (row) => {
    const answer = permission(context, resource.info.fromWire(row));
    if (typeof answer === "boolean") return answer;
    answer.catch(() => {});
    throw new TypeError(
      `${resource.name}: the permission "retrieve" must answer at once to be followed live.`,
    );
  };
}

function wireOrder({ order, resource }: Bound): readonly WireOrderTerm[] {
  return order.flatMap(({ column, direction }) => {
    const kind = resource.info.columns.get(column)?.kind;
    return kind === undefined || !resource.fields.includes(column) ? [] : [{ column, direction, kind }];
  });
}

function groupText({ resource, predicate }: Bound, action: string, owner: unknown = null): string {
  const computed = Object.keys(resource.options.computed ?? {});
  return JSON.stringify([resource.name, action, resource.fields, computed, canonical(predicate), owner]);
}
