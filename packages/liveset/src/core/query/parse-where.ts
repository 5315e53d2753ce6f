import { invalid } from "../error/liveset-error.ts";
import type { Column } from "./column-kind.ts";
import { type Lookup, lookups } from "./lookup.ts";
import { parseOperand } from "./operand.ts";
import type { Operand, Predicate } from "./predicate.ts";
import { exceeded, names, notAllowed, notDeclared } from "./where-faults.ts";
import { mostRelations, type RelationRules, type WhereRules } from "./where-rules.ts";

export type { WhereRules } from "./where-rules.ts";

type Path = readonly (string | number)[];

/**
 * The predicate of a condition in its object form (see `Where`). Equality with null is `isnull`; an empty AND is true,
 * an empty OR false.
 *
 * @throws LivesetError `invalid` with the path to the fault, which begins with `"where"`: a field that is not declared, a
 * lookup that is not allowed, a value of the wrong type. `limit_exceeded` where a bound is passed.
 */
export function parseWhere(where: Readonly<Record<string, unknown>>, rules: WhereRules): Predicate {
  return parseGroup(where, ["where"], { rules, conditions: { count: 0 }, depth: 0, relations: 0 });
}

/** Where the parser stands. `conditions` is one counter for the whole `where`. */
interface State {
  readonly rules: WhereRules;
  readonly conditions: { count: number };
  readonly depth: number;
  /** How many relations lead here. */
  readonly relations: number;
}

function parseGroup(value: unknown, path: Path, state: State): Predicate {
  const entries = entriesOf(value, path, state.rules, "a condition: an object of fields, AND, OR and NOT");
  // Nothing but empty objects would otherwise be unbounded.
  if (entries.length === 0) countCondition(path, state);
  return { op: "and", of: entries.map(([name, entry]) => parseEntry(name, entry, [...path, name], state)) };
}

function parseEntry(name: string, value: unknown, path: Path, state: State): Predicate {
  switch (name) {
    case "AND":
      return { op: "and", of: parseBranches(value, path, state) };
    case "OR":
      return { op: "or", of: parseBranches(value, path, state) };
    case "NOT":
      return { op: "not", of: parseGroup(value, path, deeper(path, state)) };
    default:
      return parseProperty(name, value, path, state);
  }
}

function parseProperty(name: string, value: unknown, path: Path, state: State): Predicate {
  const { rules } = state;
  const opaque = rules.opaque?.(name, value, path) ?? null;
  if (opaque !== null) return opaque;
  const related = rules.relations?.(name) ?? null;
  return related === null
    ? parseField(name, value, path, state)
    : parseRelation(related, value, path, across(related, path, state));
}

function parseRelation(related: RelationRules, value: unknown, path: Path, inner: State): Predicate {
  const { relation, kind } = related;
  if (kind === "one")
    return { op: "related", relation, quantifier: "some", of: parseGroup(value, path, inner) };
  const takes = `${relation.name} leads to any number of rows: it takes some and none, each with a condition`;
  const entries = entriesOf(value, path, inner.rules, "some or none with a condition");
  if (entries.length === 0) throw invalid(path, "required", `${takes}.`);
  const of = entries.map(([quantifier, condition]): Predicate => {
    const here = [...path, quantifier];
    if (quantifier !== "some" && quantifier !== "none")
      throw invalid(here, "unknown_lookup", `${takes}, not ${quantifier}.`);
    return { op: "related", relation, quantifier, of: parseGroup(condition, here, inner) };
  });
  return { op: "and", of };
}

/** The state behind a relation: other columns, the same bounds. */
function across({ rules }: RelationRules, path: Path, state: State): State {
  if (state.relations >= mostRelations)
    throw exceeded(path, "relations", `A condition may cross at most ${mostRelations} relations in a row.`);
  const { limits, undefinedIs } = state.rules;
  const inner = { ...rules, limits, ...(undefinedIs === undefined ? {} : { undefinedIs }) };
  return { ...state, rules: inner, relations: state.relations + 1 };
}

function parseBranches(value: unknown, path: Path, state: State): Predicate[] {
  if (!Array.isArray(value))
    throw invalid(path, "invalid_type", `${path.at(-1)} takes a list of conditions.`);
  const inner = deeper(path, state);
  if (value.length === 0) countCondition(path, state);
  return Array.from(value, (branch, index) => parseGroup(branch, [...path, index], inner));
}

function parseField(name: string, value: unknown, path: Path, state: State): Predicate {
  const { rules } = state;
  const column = rules.columns.get(name);
  const allowed = rules.allowed(name);
  if (column === undefined || allowed === null) throw notDeclared(name, path, rules);
  if (!isLookups(value)) return parseLookup(column, allowed, "exact", value, path, state);
  const what = `a value or lookups (${names(allowed)})`;
  const entries = entriesOf(value, path, rules, what);
  if (entries.length === 0) countCondition(path, state);
  const of = entries.map(([lookup, operand]) => {
    if (!isLookup(lookup)) throw notAllowed(column, lookup, allowed, [...path, lookup]);
    return parseLookup(column, allowed, lookup, operand, [...path, lookup], state);
  });
  return { op: "and", of };
}

function parseLookup(
  column: Column,
  allowed: ReadonlySet<Lookup>,
  lookup: Lookup,
  value: unknown,
  path: Path,
  state: State,
): Predicate {
  countCondition(path, state);
  const ofNull = value === null && (lookup === "exact" || lookup === "ne");
  if (!allowed.has(lookup) && !(ofNull && allowed.has("isnull")))
    throw notAllowed(column, lookup, allowed, path);
  if (ofNull) return { op: "compare", column: column.name, lookup: "isnull", value: lookup === "exact" };
  return {
    op: "compare",
    column: column.name,
    lookup,
    value: parseValue(column, lookup, value, path, state.rules),
  };
}

function parseValue(
  column: Column,
  lookup: Lookup,
  value: unknown,
  path: Path,
  rules: WhereRules,
): Operand | readonly Operand[] {
  const operand = rules.operand ?? parseOperand;
  switch (lookup) {
    case "isnull":
      if (typeof value !== "boolean") throw invalid(path, "invalid_type", "isnull takes true or false.");
      return value;
    case "in":
      return parseIn(value, path, rules).map((one, index) => operand(column, one, [...path, index]));
    case "range":
      if (!Array.isArray(value) || value.length !== 2) {
        throw invalid(path, "invalid_type", "range takes a list of two values: the least and the greatest.");
      }
      return Array.from(value, (one: unknown, index) => operand(column, one, [...path, index]));
    default:
      if (Array.isArray(value))
        throw invalid(path, "invalid_type", `${lookup} takes one value; a list belongs to in.`);
      if (value === null)
        throw invalid(path, "invalid_type", `${lookup} takes a value; NULL is found by isnull.`);
      return operand(column, value, path);
  }
}

function parseIn(value: unknown, path: Path, { limits }: WhereRules): unknown[] {
  if (!Array.isArray(value)) throw invalid(path, "invalid_type", "in takes a list of values.");
  if (limits !== null && value.length > limits.inValues) {
    throw exceeded(path, "inValues", `in may have at most ${limits.inValues} values, not ${value.length}.`);
  }
  return Array.from(value);
}

function deeper(path: Path, state: State): State {
  const { limits } = state.rules;
  if (limits !== null && state.depth >= limits.filterDepth) {
    throw exceeded(
      path,
      "filterDepth",
      `A filter may be at most ${limits.filterDepth} levels of AND, OR and NOT deep.`,
    );
  }
  return { ...state, depth: state.depth + 1 };
}

function countCondition(path: Path, { rules: { limits }, conditions }: State): void {
  conditions.count++;
  if (limits !== null && conditions.count > limits.filterConditions) {
    throw exceeded(
      path,
      "filterConditions",
      `A filter may have at most ${limits.filterConditions} conditions.`,
    );
  }
}

/** The own properties of a plain object. Of any other object (a promise, a map) there would be none: a condition that is always true. */
function entriesOf(
  value: unknown,
  path: Path,
  rules: WhereRules,
  expected: string,
): (readonly [string, unknown])[] {
  if (!isPlain(value)) throw invalid(path, "invalid_type", `${path.at(-1)} must be ${expected}.`);
  const entries = Object.entries(value);
  for (const [name, entry] of entries) {
    const here = [...path, name];
    if (unsafeNames.has(name)) throw invalid(here, "not_declared", `${name} is not the name of a field.`);
    if (entry === undefined && rules.undefinedIs === "refused") {
      throw invalid(here, "invalid_type", `${name} is undefined: leave it out, or give null.`);
    }
  }
  return entries.filter(([, entry]) => entry !== undefined);
}

const unsafeNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether a field's value is lookups by name rather than a value itself. */
function isLookups(value: unknown): boolean {
  const isValue = value instanceof Date || value instanceof Uint8Array;
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isValue;
}

function isLookup(name: string): name is Lookup {
  return (lookups as readonly string[]).includes(name);
}
