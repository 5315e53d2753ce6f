import { operandsOf } from "../../core/query/operands-of.ts";
import type { Comparison, Operand, Predicate } from "../../core/query/predicate.ts";
import type { TableInfo } from "../table/table-info.ts";
import { type Binding, bindable, isBound } from "./bindings.ts";

/** A predicate without its operands: the database is asked once for all predicates of one shape. */
export interface Shape {
  /** Two predicates on one table with the same text differ in their bindings alone. */
  readonly text: string;
  /** The operands in the order in which they are printed, as the database is given them; null where one cannot be given this way. */
  readonly binding: Binding | null;
}

/** The shape of a normalised predicate. */
export function shapeOf(predicate: Predicate, info: TableInfo): Shape {
  const binding: (Binding[number] | null)[] = [];
  const text = JSON.stringify([info.name, take(predicate, info, binding)]);
  return { text, binding: binding.includes(null) ? null : (binding as Binding) };
}

type Node = Operand | readonly Node[];

function take(predicate: Predicate, info: TableInfo, binding: (Binding[number] | null)[]): Node {
  switch (predicate.op) {
    case "true":
    case "false":
      return predicate.op;
    case "not":
      return ["not", take(predicate.of, info, binding)];
    case "and":
    case "or":
      return [predicate.op, predicate.of.map((child) => take(child, info, binding))];
    case "compare":
      return takeComparison(predicate, info, binding);
    case "related": {
      const { relation, quantifier, of } = predicate;
      const target = info.relations.get(relation.name)?.target();
      if (target === undefined) throw new TypeError(`No relation "${relation.name}" of "${info.name}".`);
      return ["related", relation.name, quantifier, take(of, target, binding)];
    }
    case "opaque":
      return ["opaque", predicate.text];
    default:
      return predicate satisfies never;
  }
}

function takeComparison(comparison: Comparison, info: TableInfo, binding: (Binding[number] | null)[]): Node {
  const { column: name, lookup } = comparison;
  const operands = operandsOf(comparison);
  if (!isBound(lookup)) return ["constant", name, lookup, operands];
  const column = info.columns.get(name);
  for (const operand of operands) binding.push(column === undefined ? null : bindable(column, operand));
  return ["bound", name, lookup, operands.length];
}
