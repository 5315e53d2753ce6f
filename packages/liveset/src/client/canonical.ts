import type { Json } from "../core/json.ts";
import { readOrderTerm } from "../core/query/parse-order.ts";
import type { Target } from "../store/target.ts";

export type { Target };

/**
 * One text for all spellings of one query: `fields` and the keys of `where` and `params` may come in any order, those of
 * `orderBy` say what is more important, and where NULL stands by itself need not be said. Different queries never have one text.
 */
export function canonicalTarget(target: Target): string {
  const { where, orderBy, fields, with: nested, ...rest } = target.query ?? {};
  return JSON.stringify([
    target.resource,
    target.action,
    target.key ?? null,
    sorted((target.params ?? {}) as Json),
    sorted((where ?? {}) as Json),
    Object.entries(orderBy ?? {}).map(([column, value]) => readOrderTerm(column, value) ?? [column, value]),
    fields === undefined ? null : [...new Set(fields)].sort(),
    // As it is: within it the order of keys may matter.
    (nested ?? null) as Json,
    sorted(rest as Json),
  ]);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]));
}
