import { invalid, LivesetError } from "../../core/error/liveset-error.ts";
import type { Key } from "../../core/key/key.ts";
import type { Query } from "../../core/protocol/query.ts";
import { normalize } from "../../core/query/normalize.ts";
import type { Order } from "../../core/query/order.ts";
import { parseOrder } from "../../core/query/parse-order.ts";
import { parseWhere } from "../../core/query/parse-where.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import { decodeAfter } from "../../core/query/seek.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import { bindNested } from "./bind-nested.ts";
import type { Bound, Nested } from "./bound.ts";
import { keyPredicate } from "./key-predicate.ts";
import { nesting } from "./nesting.ts";
import { chosenProjection } from "./projection.ts";
import { scopePredicate } from "./scope-predicate.ts";
import { searchPredicate } from "./search-predicate.ts";
import { filterRules } from "./where-rules.ts";

/**
 * A list as the caller may see it: scope ∧ filter ∧ search, the order, and the page asked for.
 *
 * @throws LivesetError `invalid` or `limit_exceeded`, naming what is wrong with the query; whatever the scope throws.
 */
export async function bindList(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  query: Query,
  level = 0,
): Promise<Bound> {
  const filter = filterPredicate(runtime, resource, query);
  const order = parseOrder(query.orderBy, resource.sortable, resource.defaultOrder, resource.info.key);
  const page = bindPage(runtime, resource, query, order);
  const chosen = chosenProjection(resource, query.fields);
  const nested = await bindWith(runtime, resource, context, query, level);
  const projection = nesting(chosen, nested);
  return { ...(await bindScope(resource, context, filter)), nested, projection, order, ...page };
}

/**
 * A list of which no rows are shown, and nothing is nested in them.
 *
 * @throws as `bindList`.
 */
export async function bindCount(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  query: Query,
): Promise<Bound> {
  const filter = filterPredicate(runtime, resource, query);
  return {
    ...(await bindScope(resource, context, filter)),
    nested: [],
    projection: resource.projection,
    order: resource.defaultOrder,
    limit: 0,
    offset: 0,
    after: null,
  };
}

async function bindScope(
  resource: CompiledResource,
  context: Context,
  filter: Predicate,
): Promise<Pick<Bound, "resource" | "context" | "predicate" | "scope">> {
  const scope = await scopePredicate(resource, context);
  return { resource, context, predicate: normalize({ op: "and", of: [scope, filter] }), scope };
}

/**
 * One row as the caller may see it: scope ∧ key ∧ filter. Of the query only a filter and what says how rows are shown have a meaning here.
 *
 * @throws LivesetError `not_found` for a key that no row can have, `invalid` for a query that has more; whatever the scope throws.
 */
export async function bindRow(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  key: Key,
  query: Query = {},
): Promise<Bound> {
  const { filter, rest } = splitFilter(runtime, resource, query);
  const shown = await bindShown(runtime, resource, context, rest);
  const same = keyPredicate(resource.info, key);
  return {
    ...(await bindScope(resource, context, { op: "and", of: [same, filter] })),
    ...shown,
    order: resource.defaultOrder,
    limit: 1,
    offset: 0,
    after: null,
  };
}

/** What a query filters by, and what else it says. Throws as `bindList` does. */
export function splitFilter(
  runtime: Runtime,
  resource: CompiledResource,
  { where, search, ...rest }: Query,
): { readonly filter: Predicate; readonly rest: Query } {
  const asked = { ...(where === undefined ? {} : { where }), ...(search === undefined ? {} : { search }) };
  return { filter: filterPredicate(runtime, resource, asked), rest };
}

/**
 * How one row is to be shown.
 *
 * @throws LivesetError `invalid` for a part of the query that only a list has, and for unknown fields.
 */
export async function bindShown(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  query: Query,
): Promise<Pick<Bound, "projection" | "nested">> {
  const { fields, with: _, ...rest } = query;
  const [further] = Object.entries(rest).find(([, value]) => value !== undefined) ?? [];
  if (further !== undefined) throw invalid([further], "unexpected", `retrieve takes no ${further}.`);
  const chosen = chosenProjection(resource, fields);
  const nested = await bindWith(runtime, resource, context, query, 0);
  return { projection: nesting(chosen, nested), nested };
}

function bindWith(
  runtime: Runtime,
  resource: CompiledResource,
  context: Context,
  query: Query,
  level: number,
): Promise<readonly Nested[]> {
  return bindNested(runtime, resource, context, query.with, level, (child, inside, asked) =>
    bindList(runtime, child, inside, asked, level + 1),
  );
}

function filterPredicate({ limits }: Runtime, resource: CompiledResource, query: Query): Predicate {
  const of: Predicate[] = [];
  if (query.where !== undefined) of.push(parseWhere(query.where, filterRules(resource, limits)));
  if (query.search !== undefined) of.push(searchPredicate(resource, query.search, limits.filterConditions));
  return { op: "and", of };
}

function bindPage(
  { limits }: Runtime,
  resource: CompiledResource,
  query: Query,
  order: Order,
): Pick<Bound, "limit" | "offset" | "after"> {
  const limit = wholeNumber(query.limit, "limit", 1) ?? resource.pageSize;
  if (query.limit !== undefined && limit > limits.pageSize) {
    throw new LivesetError("limit_exceeded", { detail: `limit may be at most ${limits.pageSize}.` });
  }
  const offset = wholeNumber(query.offset, "offset", 0) ?? 0;
  if (query.after !== undefined && query.offset !== undefined) {
    throw invalid(["offset"], "contradiction", "offset and after cannot be given together.");
  }
  const begins = query.after === undefined || query.after === "";
  return {
    limit: Math.min(limit, resource.maxPageSize, limits.pageSize),
    offset,
    after: begins ? null : decodeAfter(query.after, order, resource.info.columns),
  };
}

function wholeNumber(value: number | undefined, name: string, least: number): number | undefined {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
    throw invalid([name], "invalid_value", `${name} must be a whole number, at least ${least}.`);
  }
  return value;
}
