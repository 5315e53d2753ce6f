import type { Json } from "../core/json.ts";
import type { Query } from "../core/protocol/query.ts";
import { readOrderTerm } from "../core/query/parse-order.ts";
import type { Target } from "../store/target.ts";

export type { Target };

/**
 * One text for all spellings of one query, nested ones included: `fields`, the relations of `with` and the keys of `where` and `params`
 * may come in any order, those of `orderBy` say what is more important, and where NULL stands by itself need not be said. Different
 * queries never have one text.
 */
export function canonicalTarget(target: Target): string {
  return JSON.stringify([
    target.resource,
    target.action,
    target.key ?? null,
    sorted((target.params ?? {}) as Json),
    canonicalQuery(target.query ?? {}),
  ]);
}

function canonicalQuery({ where, orderBy, fields, with: nested, ...rest }: Query): Json {
  return [
    sorted((where ?? {}) as Json),
    Object.entries(orderBy ?? {}).map(
      ([column, value]) => (readOrderTerm(column, value) as Json | null) ?? [column, value],
    ),
    fields === undefined ? null : [...new Set(fields)].sort(),
    entriesOf(nested ?? {}).map(([name, wish]) => [
      name,
      // What is no query at all is the server's to refuse.
      typeof wish === "object" && wish !== null && !Array.isArray(wish)
        ? canonicalQuery(wish as Query)
        : wish,
    ]),
    sorted(rest as Json),
  ];
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(entriesOf(value as Values).map(([key, entry]) => [key, sorted(entry)]));
}

type Values = Readonly<Record<string, Json>>;

/** In one order. */
function entriesOf(values: Values): [string, Json][] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
