import { asciiLower } from "./ascii-lower.ts";
import { canonical } from "./canonical.ts";
import { compareText } from "./compare-text.ts";
import type { Lookup } from "./lookup.ts";
import { operandsOf } from "./operands-of.ts";
import type { Comparison, Operand, Predicate, Related } from "./predicate.ts";

/**
 * The normal form of a predicate, equal to it for every row in three-valued logic (unknown stays unknown).
 *
 * AND and OR are flat, without constants, without duplicates and sorted; NOT stands only before a comparison
 * that has no opposite or before SQL; what a relation leads to is normal, and not never; `in` is sorted, without duplicates and has at least two values; the operands of
 * `icontains` and `istartswith` are in lower case. Predicates that differ in these respects alone have one
 * normal form; that other equivalent ones have the same is not claimed.
 */
export function normalize(predicate: Predicate): Predicate {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate;
    case "compare":
      return normalizeComparison(predicate);
    case "not":
      return negate(predicate.of);
    case "and":
    case "or":
      return join(predicate.op, predicate.of.map(normalize));
    case "related":
      return normalizeRelated(predicate);
    case "opaque":
      return predicate;
    default:
      return predicate satisfies never;
  }
}

/** The normal form of NOT. De Morgan's laws hold in three-valued logic. */
function negate(predicate: Predicate): Predicate {
  switch (predicate.op) {
    case "true":
      return { op: "false" };
    case "false":
      return { op: "true" };
    case "not":
      return normalize(predicate.of);
    case "and":
      return join("or", predicate.of.map(negate));
    case "or":
      return join("and", predicate.of.map(negate));
    case "compare":
      return negateComparison(normalizeComparison(predicate));
    case "related":
      return normalizeRelated({
        ...predicate,
        quantifier: predicate.quantifier === "some" ? "none" : "some",
      });
    case "opaque":
      return { op: "not", of: predicate };
    default:
      return predicate satisfies never;
  }
}

/** `some` and `none` are each other's opposites, because neither is ever unknown. */
function normalizeRelated(predicate: Related): Predicate {
  const of = normalize(predicate.of);
  if (of.op === "false") return { op: predicate.quantifier === "some" ? "false" : "true" };
  return { ...predicate, of };
}

/** Lookups whose opposite is true, false and unknown exactly where NOT is. */
const opposites: { readonly [L in Lookup]?: Lookup } = {
  exact: "ne",
  ne: "exact",
  lt: "gte",
  gte: "lt",
  lte: "gt",
  gt: "lte",
};

function negateComparison(predicate: Predicate): Predicate {
  if (predicate.op !== "compare") return negate(predicate);
  const opposite = opposites[predicate.lookup];
  if (opposite !== undefined) return { ...predicate, lookup: opposite };
  if (predicate.lookup === "isnull") return { ...predicate, value: predicate.value !== true };
  return { op: "not", of: predicate };
}

function normalizeComparison(comparison: Comparison): Predicate {
  const { column, lookup, value } = comparison;
  switch (lookup) {
    case "in":
      return normalizeIn(column, operandsOf(comparison));
    case "range": {
      const [least, most] = operandsOf(comparison);
      return least !== undefined && least === most
        ? compare(column, "exact", least)
        : { op: "compare", column, lookup, value };
    }
    case "icontains":
    case "istartswith":
      return compare(column, lookup, asciiLower(String(value)));
    default:
      return { op: "compare", column, lookup, value };
  }
}

function normalizeIn(column: string, values: readonly Operand[]): Predicate {
  const distinct = [...new Set(values)].sort(compareOperands);
  const [first] = distinct;
  // Empty is false even for NULL, as `x IN ()` is in SQLite.
  if (first === undefined) return { op: "false" };
  return distinct.length === 1
    ? compare(column, "exact", first)
    : { op: "compare", column, lookup: "in", value: distinct };
}

function compareOperands(a: Operand, b: Operand): number {
  return typeof a === "number" && typeof b === "number"
    ? a - b
    : compareText(JSON.stringify(a), JSON.stringify(b));
}

function compare(column: string, lookup: Lookup, value: Operand): Comparison {
  return { op: "compare", column, lookup, value };
}

function join(op: "and" | "or", children: readonly Predicate[]): Predicate {
  const neutral = op === "and" ? "true" : "false";
  const absorbing = op === "and" ? "false" : "true";
  const byText = new Map<string, Predicate>();
  for (const child of children.flatMap((child) => (child.op === op ? child.of : [child]))) {
    if (child.op === absorbing) return { op: absorbing };
    if (child.op !== neutral) byText.set(canonical(child), child);
  }
  const of = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, child]) => child);
  const [only] = of;
  if (only === undefined) return { op: neutral };
  return of.length === 1 ? only : { op, of };
}
