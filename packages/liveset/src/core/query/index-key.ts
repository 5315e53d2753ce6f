import type { Columns } from "./column-kind.ts";
import { compareValues } from "./compare-values.ts";
import { type Interval, intersect, intervalOf } from "./interval.ts";
import { lookupsOfKind } from "./lookups-of-kind.ts";
import { operandsOf } from "./operands-of.ts";
import type { Comparison, Operand, Predicate } from "./predicate.ts";

/** What a row holds in one column: a value, one of an interval, NULL, or anything but NULL. */
export type IndexKey =
  | { readonly is: "equal"; readonly column: string; readonly value: Operand }
  | { readonly is: "within"; readonly column: string; readonly interval: Interval }
  | { readonly is: "null" | "present"; readonly column: string };

/** How well a key narrows: the smaller the better, by `share` first. */
export interface Rating {
  /** The share of all rows that are thought to have it. */
  readonly share: number;
  /** Decides between equal shares: how much is to be found under the key already. */
  readonly crowd: number;
}

/** What keys are chosen by. */
export interface IndexRules {
  /** Those whose values memory compares as the database does; no key is made of others. */
  readonly columns: Columns;
  rate(key: IndexKey): Rating;
}

interface Choice extends Rating {
  readonly keys: readonly IndexKey[];
}

/**
 * Keys of which every row that fulfils the predicate has at least one: where a matcher may file it. Of an AND the part
 * that narrows most is taken, several bounds of one column being one interval; of an OR all branches. Empty where no
 * row fulfils the predicate; null where there are no such keys.
 */
export function indexKeys(predicate: Predicate, rules: IndexRules): readonly IndexKey[] | null {
  return choose(predicate, rules)?.keys ?? null;
}

function choose(predicate: Predicate, rules: IndexRules): Choice | null {
  switch (predicate.op) {
    case "false":
      return nothing;
    case "true":
    case "not":
    case "related":
    case "opaque":
      return null;
    case "and":
      return chooseConjunct(predicate.of, rules);
    case "or":
      return all(predicate.of.map((branch) => choose(branch, rules)));
    case "compare":
      return ofComparison(predicate, rules);
    default:
      return predicate satisfies never;
  }
}

const nothing: Choice = { keys: [], share: 0, crowd: 0 };

function chooseConjunct(parts: readonly Predicate[], rules: IndexRules): Choice | null {
  const intervals = new Map<string, Interval>();
  let best: Choice | null = null;
  for (const part of parts) {
    const interval = part.op === "compare" ? usableInterval(part, rules.columns) : null;
    if (part.op !== "compare" || interval === null) best = better(best, choose(part, rules));
    else {
      const other = intervals.get(part.column);
      const both = other === undefined ? interval : narrow(part.column, other, interval, rules.columns);
      if (both === null) return nothing;
      intervals.set(part.column, both);
    }
  }
  for (const [column, interval] of intervals)
    best = better(best, ofKeys([{ is: "within", column, interval }], rules));
  return best;
}

function better(a: Choice | null, b: Choice | null): Choice | null {
  if (a === null || b === null) return a ?? b;
  return (b.share - a.share || b.crowd - a.crowd) < 0 ? b : a;
}

function all(branches: readonly (Choice | null)[]): Choice | null {
  const byText = new Map<string, IndexKey>();
  let [share, crowd] = [0, 0];
  for (const branch of branches) {
    if (branch === null) return null;
    share += branch.share;
    crowd += branch.crowd;
    for (const key of branch.keys) byText.set(JSON.stringify(key), key);
  }
  return { keys: [...byText.values()], share, crowd };
}

function ofComparison(comparison: Comparison, rules: IndexRules): Choice | null {
  const { column, lookup, value } = comparison;
  if (!rules.columns.has(column)) return null;
  switch (lookup) {
    case "exact":
    case "in": {
      const values = [...new Set(operandsOf(comparison))];
      return ofKeys(
        values.map((one) => ({ is: "equal", column, value: one })),
        rules,
      );
    }
    case "isnull":
      return ofKeys([{ is: value === true ? "null" : "present", column }], rules);
    default: {
      const interval = usableInterval(comparison, rules.columns);
      return interval === null ? null : ofKeys([{ is: "within", column, interval }], rules);
    }
  }
}

function ofKeys(keys: readonly IndexKey[], rules: IndexRules): Choice {
  let [share, crowd] = [0, 0];
  for (const key of keys) {
    const rating = rules.rate(key);
    share += rating.share;
    crowd += rating.crowd;
  }
  return { keys, share, crowd };
}

/** The interval of a comparison on a column whose values have an order. */
function usableInterval(comparison: Comparison, columns: Columns): Interval | null {
  const kind = columns.get(comparison.column)?.kind;
  if (kind === undefined || !lookupsOfKind(kind).has(comparison.lookup)) return null;
  return intervalOf(comparison);
}

function narrow(column: string, a: Interval, b: Interval, columns: Columns): Interval | null {
  return intersect(a, b, compareValues(columns.get(column)?.kind ?? "opaque"));
}
