import { operandsOf } from "./operands-of.ts";
import type { Operand, Predicate } from "./predicate.ts";

/** A column that must hold a value. */
export interface IndexKey {
  readonly column: string;
  readonly value: Operand;
}

/**
 * Equalities of which every row that fulfils the predicate fulfils at least one: where a matcher may file it.
 * The most selective conjunct is taken: few values rather than many, and a boolean only where there is nothing
 * else. Empty where no row fulfils the predicate, null where no such set exists.
 */
export function indexKeys(predicate: Predicate): readonly IndexKey[] | null {
  switch (predicate.op) {
    case "false":
      return [];
    case "true":
    case "not":
    case "related":
    case "opaque":
      return null;
    case "and":
      return best(predicate.of.map(indexKeys));
    case "or":
      return union(predicate.of.map(indexKeys));
    case "compare": {
      const { column, lookup } = predicate;
      if (lookup !== "exact" && lookup !== "in") return null;
      return distinct(operandsOf(predicate).map((value) => ({ column, value })));
    }
    default:
      return predicate satisfies never;
  }
}

function best(choices: readonly (readonly IndexKey[] | null)[]): readonly IndexKey[] | null {
  let chosen: readonly IndexKey[] | null = null;
  for (const choice of choices) {
    if (choice !== null && (chosen === null || cost(choice) < cost(chosen))) chosen = choice;
  }
  return chosen;
}

function union(branches: readonly (readonly IndexKey[] | null)[]): readonly IndexKey[] | null {
  const keys: IndexKey[] = [];
  for (const branch of branches) {
    if (branch === null) return null;
    keys.push(...branch);
  }
  return distinct(keys);
}

/** Half of all rows hold a given boolean, so a thousand other values still narrow further. */
function cost(keys: readonly IndexKey[]): number {
  return keys.reduce((sum, { value }) => sum + (typeof value === "boolean" ? 1000 : 1), 0);
}

function distinct(keys: readonly IndexKey[]): readonly IndexKey[] {
  return [...new Map(keys.map((key) => [JSON.stringify([key.column, key.value]), key])).values()];
}
