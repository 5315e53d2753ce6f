import type { Json, WireRow } from "../json.ts";
import { asciiLower } from "./ascii-lower.ts";
import type { ColumnKind, Columns } from "./column-kind.ts";
import { compareValues } from "./compare-values.ts";
import { operandsOf } from "./operands-of.ts";
import type { Comparison, Operand, Predicate } from "./predicate.ts";

/** SQL's truth: null is unknown. */
type Truth = boolean | null;
type Test = (row: WireRow) => Truth;

/**
 * Compiles a predicate to a test of rows in wire form, once for many rows. It says true exactly for the rows
 * that the database selects by the same predicate: three-valued logic, in which only true selects.
 *
 * @throws TypeError for a column that is not among `columns`, and for a condition that no single row can tell: one across a
 * relation, or in SQL (see `isExactPredicate`).
 */
export function compilePredicate(predicate: Predicate, columns: Columns): (row: WireRow) => boolean {
  const equalities = equalitiesOf(predicate, columns);
  if (equalities !== null) return compileEqualities(equalities);
  const test = compile(predicate, columns);
  return (row) => test(row) === true;
}

/** The comparisons of a predicate that is nothing but equalities joined by AND, else null. */
function equalitiesOf(predicate: Predicate, columns: Columns): readonly Comparison[] | null {
  const of = predicate.op === "and" ? predicate.of : [predicate];
  const equalities = of.filter(
    (part) => part.op === "compare" && part.lookup === "exact" && columns.has(part.column),
  );
  return equalities.length === of.length ? (equalities as Comparison[]) : null;
}

/**
 * One closure for all: nearly every live list is of this kind, and there may be a million of them. A null equals no operand, so it
 * needs no truth of its own.
 */
function compileEqualities(equalities: readonly Comparison[]): (row: WireRow) => boolean {
  const names = equalities.map(({ column }) => column);
  // Not by `flatMap`, whose arrays have room for more.
  const operands = equalities.map(({ value }) => value);
  if (names.length === 1) return equality(names[0] ?? "", operands[0]);
  return (row) => {
    for (let i = 0; i < names.length; i++) if (row[names[i] ?? ""] !== operands[i]) return false;
    return true;
  };
}

function compile(predicate: Predicate, columns: Columns): Test {
  switch (predicate.op) {
    case "true":
      return () => true;
    case "false":
      return () => false;
    case "compare":
      return compileComparison(predicate, columns);
    case "not":
      return compileNot(compile(predicate.of, columns));
    case "and":
      return compileJoin(
        predicate.of.map((child) => compile(child, columns)),
        false,
      );
    case "or":
      return compileJoin(
        predicate.of.map((child) => compile(child, columns)),
        true,
      );
    case "related":
      throw new TypeError(
        `A predicate crosses the relation "${predicate.relation.name}" to the table "${predicate.relation.table}": only the database can decide it.`,
      );
    case "opaque":
      throw new TypeError("A predicate has a part in SQL: only the database can decide it.");
    default:
      return predicate satisfies never;
  }
}

function compileNot(test: Test): Test {
  return (row) => {
    const truth = test(row);
    return truth === null ? null : !truth;
  };
}

/** AND and OR: the one truth that decides alone, else unknown where one is unknown, else the other. */
function compileJoin(tests: readonly Test[], deciding: boolean): Test {
  return (row) => {
    let result: Truth = !deciding;
    for (const test of tests) {
      const truth = test(row);
      if (truth === deciding) return deciding;
      if (truth === null) result = null;
    }
    return result;
  };
}

function compileComparison(comparison: Comparison, columns: Columns): Test {
  const { column, lookup, value } = comparison;
  const kind = columns.get(column)?.kind;
  if (kind === undefined)
    throw new TypeError(`A predicate reads the column "${column}", which the table does not have.`);
  if (lookup === "isnull") return (row) => isNull(row[column]) === value;
  if (lookup === "in" && operandsOf(comparison).length === 0) return () => false;
  const holds = compileLookup(comparison, kind);
  return (row) => {
    const held = row[column];
    return isNull(held) ? null : holds(held as Operand);
  };
}

function equality(name: string, operand: unknown): (row: WireRow) => boolean {
  return (row) => row[name] === operand;
}

function isNull(value: Json | undefined): boolean {
  return value === null || value === undefined;
}

function compileLookup(comparison: Comparison, kind: ColumnKind): (held: Operand) => boolean {
  const operands = operandsOf(comparison);
  const [operand = "", most = ""] = operands;
  const compare = compareValues(kind);
  switch (comparison.lookup) {
    case "exact":
      return (held) => held === operand;
    case "ne":
      return (held) => held !== operand;
    case "lt":
      return (held) => compare(held, operand) < 0;
    case "lte":
      return (held) => compare(held, operand) <= 0;
    case "gt":
      return (held) => compare(held, operand) > 0;
    case "gte":
      return (held) => compare(held, operand) >= 0;
    case "range":
      return (held) => compare(held, operand) >= 0 && compare(held, most) <= 0;
    case "in": {
      const values = new Set(operands);
      return (held) => values.has(held);
    }
    case "isnull":
      throw new TypeError("isnull is decided before the value is read.");
    default:
      return compileTextLookup(comparison.lookup, String(operand));
  }
}

type TextLookup = "contains" | "icontains" | "startswith" | "istartswith" | "endswith";

function compileTextLookup(lookup: TextLookup, operand: string): (held: Operand) => boolean {
  const lower = asciiLower(operand);
  switch (lookup) {
    case "contains":
      return (held) => String(held).includes(operand);
    case "icontains":
      return (held) => asciiLower(String(held)).includes(lower);
    case "startswith":
      return (held) => String(held).startsWith(operand);
    case "istartswith":
      return (held) => asciiLower(String(held)).startsWith(lower);
    case "endswith":
      return (held) => String(held).endsWith(operand);
    default:
      return lookup satisfies never;
  }
}
