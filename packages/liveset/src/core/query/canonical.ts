import type { Predicate } from "./predicate.ts";

/**
 * A predicate as text: two normalised predicates have the same text exactly where they are the same tree, so
 * that it may be a map's key. It is JSON, so no value can imitate the structure around it.
 */
export function canonical(predicate: Predicate): string {
  return JSON.stringify(toArray(predicate));
}

type Node = string | number | boolean | readonly Node[];

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
    default:
      return predicate satisfies never;
  }
}
