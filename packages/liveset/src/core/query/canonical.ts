import type { Predicate } from "./predicate.ts";

/**
 * A predicate as text: two normalised predicates have the same text exactly where they are the same tree, so
 * that it may be a map's key. It is JSON, so no value can imitate the structure around it. What a relation is called
 * does not matter, only where it leads.
 */
export function canonical(predicate: Predicate): string {
  return JSON.stringify(toArray(predicate));
}

type Node = string | number | boolean | readonly Node[] | { readonly [part: string]: Node };

function toArray(predicate: Predicate): Node {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate.op;
    case "compare":
      return [predicate.column, predicate.lookup, predicate.value];
    case "not":
      return ["not", toArray(predicate.of)];
    case "and":
    case "or":
      return [predicate.op, predicate.of.map(toArray)];
    case "related": {
      const { table, from, to } = predicate.relation;
      // An object, so that it is not taken for the comparison of a column of that name.
      return { [predicate.quantifier]: table, from, to, of: toArray(predicate.of) };
    }
    case "opaque":
      return { opaque: predicate.text, tables: predicate.tables };
    default:
      return predicate satisfies never;
  }
}
