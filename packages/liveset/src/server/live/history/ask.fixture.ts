import type { Json } from "../../../core/json.ts";
import type { Ask } from "../ask.ts";
import { type Condition, conditionOn, named, whereOf } from "./condition.fixture.ts";
import type { AskPlan, NestedPlan } from "./plan.fixture.ts";
import { plainColumns, type ResourceName, resourceSpecs } from "./resources.fixture.ts";
import { pick, tableSpecs } from "./tables.fixture.ts";

/** One column of an order. */
export interface Term {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** What is asked of the rows of a resource, as the oracle reads it. */
export interface Query {
  readonly resource: ResourceName;
  /** Without the key, which comes last in any case. */
  readonly order: readonly Term[];
  readonly limit: number | null;
  /** Fields chosen; null: all. */
  readonly fields: ReadonlySet<string> | null;
  readonly nested: readonly { readonly relation: string; readonly query: Query }[];
}

/** A live query: for the wire, and for the oracle. */
export interface HistoryAsk extends Query {
  readonly action: AskPlan["action"];
  readonly key: readonly (string | number)[];
  readonly where: Condition | null;
  readonly total: boolean;
  /** Equal asks have equal texts. */
  readonly text: string;
  /** Resources whose markers its rows may carry. */
  readonly resources: ReadonlySet<ResourceName>;
  /** Whether every commit's state is shown exactly: memory alone judges it, and it is no window. */
  readonly exact: boolean;
}

/** Resources in the share in which they are asked for. */
const asked: readonly ResourceName[] = [
  "own",
  "via",
  "own",
  "permitted",
  "projects",
  "via",
  "teams",
  "fragile",
  "projects",
  "own",
  "via",
  "members",
];

/** How many relations a caller's filter may cross. */
const filterDepth = 2;

/** @param user of whom the filter speaks, whoever the client becomes later */
export function askOf(plan: AskPlan, user: number): HistoryAsk {
  const resource = pick(asked, plan.resource);
  const spec = resourceSpecs[resource];
  const isList = plan.action === "list";
  const where =
    plan.where === null || plan.action === "retrieve"
      ? null
      : named(conditionOn(spec.table, plan.where, Math.min(spec.depth, filterDepth)), user);
  const limit = isList ? plan.limit : null;
  const isCount = plan.action === "count";
  const query: Query = {
    resource,
    order: isList ? orderOf(resource, plan.orderBy) : [],
    limit,
    fields: isCount ? null : fieldsOf(resource, plan.fields),
    nested: isCount ? [] : nestedOf(resource, plan.nested),
  };
  const key = tableSpecs[spec.table].key.map((_, i) => pick([1, 2, 3, 4], plan.key + i));
  const total = limit !== null && plan.total;
  return {
    ...query,
    action: plan.action,
    key,
    where,
    total,
    text: JSON.stringify([plan.action, plan.action === "retrieve" ? key : null, where, total, textOf(query)]),
    resources: new Set(resourcesOf(query)),
    exact: spec.depth === 0 && limit === null && query.nested.length === 0 && !isCount && spec.may === null,
  };
}

export function wireAsk(ask: HistoryAsk): Ask {
  const { resource, action, key, where, total } = ask;
  const { orderBy, ...shown } = wireQuery(ask);
  if (action === "retrieve") {
    const [first = 0] = key;
    return { resource, action, key: key.length === 1 ? first : key, query: shown };
  }
  const query = {
    ...(action === "count" ? {} : { ...shown, ...(orderBy === undefined ? {} : { orderBy }) }),
    ...(where === null ? {} : { where: whereOf(where, 0) }),
    ...(total ? { total } : {}),
  };
  return { resource, action, query };
}

function wireQuery({ order, limit, fields, nested }: Query): WireQuery {
  return {
    ...(order.length === 0
      ? {}
      : { orderBy: Object.fromEntries(order.map((term) => [term.column, direction(term)])) }),
    ...(limit === null ? {} : { limit }),
    ...(fields === null ? {} : { fields: [...fields] }),
    ...(nested.length === 0
      ? {}
      : {
          with: Object.fromEntries(nested.map(({ relation, query }) => [relation, { ...wireQuery(query) }])),
        }),
  };
}

interface WireQuery {
  readonly orderBy?: Readonly<Record<string, Json>>;
  readonly limit?: number;
  readonly fields?: readonly string[];
  readonly with?: Readonly<Record<string, Json>>;
}

function direction({ descending, nullsFirst }: Term): Json {
  return { direction: descending ? "desc" : "asc", nulls: nullsFirst ? "first" : "last" };
}

function orderOf(resource: ResourceName, plan: readonly number[]): readonly Term[] {
  const columns = plainColumns(resourceSpecs[resource].table);
  const terms = plan.map((number): Term => {
    const column = pick(columns, number % 6);
    return { column, descending: number % 2 === 1, nullsFirst: number > 11 };
  });
  return terms.filter(({ column }, i) => terms.findIndex((term) => term.column === column) === i);
}

function fieldsOf(resource: ResourceName, mask: number | null): ReadonlySet<string> | null {
  if (mask === null) return null;
  const { fields, computed } = resourceSpecs[resource];
  return new Set([...fields, ...Object.keys(computed)].filter((_, i) => (mask >> (i % 8)) % 2 === 1));
}

function nestedOf(resource: ResourceName, plan: NestedPlan | null): Query["nested"] {
  const nests = Object.entries(resourceSpecs[resource].nests);
  if (plan === null || nests.length === 0) return [];
  const [relation, child] = pick(nests, plan.relation);
  const query: Query = {
    resource: child,
    order: orderOf(child, plan.orderBy),
    limit: plan.limit,
    fields: fieldsOf(child, plan.fields),
    nested: nestedOf(child, plan.inner),
  };
  return [{ relation, query }];
}

function textOf({ resource, order, limit, fields, nested }: Query): unknown {
  const inner = nested.map(({ relation, query }) => [relation, textOf(query)]);
  return [resource, order, limit, fields === null ? null : [...fields], inner];
}

function resourcesOf({ resource, nested }: Query): ResourceName[] {
  return [resource, ...nested.flatMap(({ query }) => resourcesOf(query))];
}
