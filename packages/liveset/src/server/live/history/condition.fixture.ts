import type { Json, WireRow } from "../../../core/json.ts";
import {
  pick,
  type RelationSpec,
  type TableName,
  type Tables,
  tableSpecs,
  type Value,
} from "./tables.fixture.ts";

/** A condition in numbers, which fits any table. */
export type ConditionPlan =
  | { readonly op: "leaf"; readonly column: number; readonly lookup: number; readonly value: number }
  | { readonly op: "related"; readonly relation: number; readonly none: boolean; readonly of: ConditionPlan }
  | { readonly op: "AND" | "OR"; readonly of: readonly ConditionPlan[] }
  | { readonly op: "NOT"; readonly of: ConditionPlan };

type Lookup = "exact" | "ne" | "in" | "lt" | "gte" | "isnull";
const lookups: readonly Lookup[] = ["exact", "exact", "ne", "in", "lt", "gte", "isnull"];

/** A condition on a table. */
export type Condition =
  | {
      readonly op: "leaf";
      readonly column: string;
      readonly lookup: Lookup;
      readonly values: readonly Value[];
    }
  | {
      readonly op: "related";
      readonly name: string;
      readonly relation: RelationSpec;
      readonly none: boolean;
      readonly of: Condition;
    }
  | { readonly op: "AND" | "OR"; readonly of: readonly Condition[] }
  | { readonly op: "NOT"; readonly of: Condition };

/** @param depth how many relations may be crossed; what lies behind further ones is asked of the table itself */
export function conditionOn(table: TableName, plan: ConditionPlan, depth: number): Condition {
  const { columns, relations } = tableSpecs[table];
  switch (plan.op) {
    case "AND":
    case "OR":
      return { op: plan.op, of: plan.of.map((part) => conditionOn(table, part, depth)) };
    case "NOT":
      return { op: "NOT", of: conditionOn(table, plan.of, depth) };
    case "related": {
      if (depth === 0) return conditionOn(table, plan.of, 0);
      const [name, relation] = pick(Object.entries(relations), plan.relation);
      return {
        op: "related",
        name,
        relation,
        none: plan.none,
        of: conditionOn(relation.to, plan.of, depth - 1),
      };
    }
    case "leaf": {
      const plain = Object.entries(columns).flatMap(([name, spec]) =>
        spec.type === "marker" ? [] : [[name, spec] as const],
      );
      const [column, spec] = pick(plain, plan.column);
      const lookup = spec.type === "boolean" ? "exact" : pick(lookups, plan.lookup);
      const known = spec.values.filter((value) => value !== null);
      return {
        op: "leaf",
        column,
        lookup,
        values: [pick(known, plan.value), pick(known, plan.value + plan.lookup)],
      };
    }
    default:
      return plan satisfies never;
  }
}

/** The condition with a user's number in place of whoever asks. */
export function named(condition: Condition, user: number): Condition {
  switch (condition.op) {
    case "AND":
    case "OR":
      return { ...condition, of: condition.of.map((part) => named(part, user)) };
    case "NOT":
    case "related":
      return { ...condition, of: named(condition.of, user) };
    case "leaf":
      return { ...condition, values: valuesFor(condition.values, user) };
    default:
      return condition satisfies never;
  }
}

/** A condition as users write it, for the user of this number. */
export function whereOf(condition: Condition, user: number): Record<string, Json> {
  switch (condition.op) {
    case "AND":
    case "OR":
      return { [condition.op]: condition.of.map((part) => whereOf(part, user)) };
    case "NOT":
      return { NOT: whereOf(condition.of, user) };
    case "related": {
      const of = whereOf(condition.of, user);
      if (condition.relation.many) return { [condition.name]: { [condition.none ? "none" : "some"]: of } };
      return condition.none ? { NOT: { [condition.name]: of } } : { [condition.name]: of };
    }
    case "leaf": {
      const { column, lookup } = condition;
      const [first = null, second = null] = valuesFor(condition.values, user);
      if (lookup === "exact") return { [column]: first };
      if (lookup === "isnull") return { [column]: { isnull: first === second } };
      return { [column]: { [lookup]: lookup === "in" ? [first, second] : first } };
    }
    default:
      return condition satisfies never;
  }
}

/** Whether a row fulfils a condition, as SQL has it: null where that is unknown. */
export function holds(condition: Condition, row: WireRow, tables: Tables, user: number): boolean | null {
  switch (condition.op) {
    case "AND":
    case "OR": {
      const decisive = condition.op === "OR";
      let unknown = false;
      for (const part of condition.of) {
        const held = holds(part, row, tables, user);
        if (held === decisive) return decisive;
        unknown ||= held === null;
      }
      return unknown ? null : !decisive;
    }
    case "NOT": {
      const held = holds(condition.of, row, tables, user);
      return held === null ? null : !held;
    }
    case "related":
      return isRelated(condition, row, tables, user) !== condition.none;
    case "leaf":
      return compare(condition.lookup, row[condition.column] ?? null, valuesFor(condition.values, user));
    default:
      return condition satisfies never;
  }
}

function isRelated(
  { relation, of }: Condition & { op: "related" },
  row: WireRow,
  tables: Tables,
  user: number,
): boolean {
  for (const other of relatedRows(relation, row, tables)) {
    if (holds(of, other, tables, user) === true) return true;
  }
  return false;
}

/** The rows that a relation leads to. */
export function relatedRows(
  { to, many, on: [from, other] }: RelationSpec,
  row: WireRow,
  tables: Tables,
): WireRow[] {
  const value = row[from] ?? null;
  if (value === null) return [];
  if (!many) {
    const found = tables[to].get(String(value));
    return found === undefined ? [] : [found];
  }
  return [...tables[to].values()].filter((each) => each[other] === value);
}

function valuesFor(values: readonly Value[], user: number): readonly (string | number | boolean | null)[] {
  return values.map((value) => (value === "user" ? user : value));
}

function compare(
  lookup: Lookup,
  value: Json,
  [first = null, second = null]: readonly Json[],
): boolean | null {
  if (lookup === "isnull") return (value === null) === (first === second);
  if (value === null || first === null) return null;
  switch (lookup) {
    case "exact":
      return value === first;
    case "ne":
      return value !== first;
    case "in":
      return value === first || value === second;
    case "lt":
      return value < first;
    case "gte":
      return value >= first;
    default:
      return lookup satisfies never;
  }
}
