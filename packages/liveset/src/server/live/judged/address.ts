import { canonical } from "../../../core/query/canonical.ts";
import { isExact } from "../../../core/query/exactness.ts";
import type { Operand, Predicate, Relation } from "../../../core/query/predicate.ts";
import type { SqlDialect } from "../../database/sql-dialect.ts";
import type { TableInfo } from "../../table/table-info.ts";

/** A related row that must be there, and the columns of which the address gives the values. */
export interface AddressStep {
  readonly relation: Relation;
  readonly info: TableInfo;
  /** The step from whose row the relation leads here, by its place; null: from the predicate's own row. */
  readonly from: number | null;
  readonly columns: readonly string[];
}

/**
 * What tells the predicates of many callers apart, where they are alike otherwise: the operands of equalities with columns of
 * related rows that must be there.
 *
 *   { list: { members: { some: { userId: 7, role: "reader" } } } }    values: [7, "reader"]
 *
 * A row can fulfil the predicate only where there are related rows with these values. So the addresses that a row reaches are those
 * of all that it may belong to.
 */
export interface Address {
  /** A row that leads to others stands before them. */
  readonly steps: readonly AddressStep[];
  /** Values of the steps' columns, in their order. */
  readonly values: readonly Operand[];
  /** The predicate without the values, as text: predicates on one table that have the same one differ in their values alone. */
  readonly rest: string;
}

/** Values as a key of a map. */
export function addressText(values: readonly Operand[]): string {
  return JSON.stringify(values);
}

/** A step as it is found: with its values beside its columns. */
interface OpenStep extends AddressStep {
  readonly columns: string[];
  readonly values: Operand[];
}

/** The address of a normalised predicate; null where no equality must hold of a related row. */
export function addressOf(predicate: Predicate, info: TableInfo, dialect: SqlDialect): Address | null {
  const steps: OpenStep[] = [];
  const rest = canonical(takeOut(predicate, info, dialect, { steps, at: null }));
  const values = steps.flatMap((step) => step.values);
  return values.length === 0 ? null : { steps, values, rest };
}

/** The steps found so far, and the one whose row a predicate speaks of: null for the predicate's own. */
interface Found {
  readonly steps: OpenStep[];
  readonly at: number | null;
}

/** Adds what a predicate asks of related rows to the steps, and returns it without the values. */
function takeOut(predicate: Predicate, info: TableInfo, dialect: SqlDialect, found: Found): Predicate {
  const { steps, at } = found;
  if (predicate.op === "and") {
    return { op: "and", of: predicate.of.map((part) => takeOut(part, info, dialect, found)) };
  }
  if (predicate.op === "related" && predicate.quantifier === "some") {
    const { relation } = predicate;
    const target = info.relations.get(relation.name)?.target();
    if (target === undefined) return predicate;
    const place = steps.length;
    const step: OpenStep = { relation, info: target, from: at, columns: [], values: [] };
    steps.push(step);
    const of = takeOut(predicate.of, target, dialect, { steps, at: place });
    // A row of which nothing is asked would only multiply the addresses.
    if (step.columns.length === 0 && steps.length === place + 1) steps.pop();
    return { ...predicate, of };
  }
  const step = at === null ? undefined : steps[at];
  if (step === undefined || predicate.op !== "compare" || predicate.lookup !== "exact") return predicate;
  const column = info.columns.get(predicate.column);
  if (column === undefined || !isExact("exact", column.kind, dialect)) return predicate;
  step.columns.push(predicate.column);
  step.values.push(predicate.value as Operand);
  return { ...predicate, value: "" };
}
