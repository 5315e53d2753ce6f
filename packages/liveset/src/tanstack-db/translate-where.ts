import type { IR } from "@tanstack/db";
import type { Json } from "../core/json.ts";
import { fieldOf } from "./field-of.ts";
import { hasOneSpelling, isOrderedAsText } from "./spelling.ts";

type Expression = IR.BasicExpression;
type Condition = Readonly<Record<string, Json>>;

/**
 * A condition as a `where` of ours, which selects every row that the expression selects, or more: null is all rows. TanStack DB
 * judges the rows itself once more, so more rows cost something and are never shown.
 */
export interface Translation {
  readonly where: Condition | null;
  /** It selects these rows and no others. */
  readonly isExact: boolean;
}

const everything: Translation = { where: null, isExact: false };

/** How many values an `in` may have. */
const mostValues = 256;

/** Translates an expression of TanStack DB. What has no exact counterpart is left out of the condition. */
export function translateWhere(expression: Expression | undefined): Translation {
  if (expression === undefined) return { where: null, isExact: true };
  if (expression.type !== "func") return everything;
  const { name, args } = expression;
  const [first, second] = args;
  switch (name) {
    case "and":
      return all(args.map(translateWhere));
    case "or":
      return any(args.map(translateWhere));
    case "not":
      return negated(translateWhere(first));
    case "isNull":
      return onField(first, () => ({ value: { isnull: true }, isExact: true }));
    case "eq":
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return compared(name, first, second);
    case "in":
      return onField(first, () => amongst(second));
    case "like":
    case "ilike":
      return matching(name === "ilike", first, second);
    default:
      return everything;
  }
}

/** Of what must all be true, anything that cannot be said may be left out. */
function all(parts: readonly Translation[]): Translation {
  const said = parts.flatMap(({ where }) => {
    if (where === null) return [];
    return Object.keys(where).join() === "AND" ? (where.AND as readonly Condition[]) : [where];
  });
  const [only = null] = said;
  return {
    where: said.length > 1 ? { AND: said } : only,
    isExact: parts.every(({ isExact }) => isExact),
  };
}

function any(parts: readonly Translation[]): Translation {
  const said = parts.flatMap(({ where }) => (where === null ? [] : [where]));
  if (said.length < parts.length) return everything;
  return { where: { OR: said }, isExact: parts.every(({ isExact }) => isExact) };
}

/** The opposite of more rows would be fewer. */
function negated({ where, isExact }: Translation): Translation {
  return where === null || !isExact ? everything : { where: { NOT: where }, isExact };
}

type Lookup = { readonly value: Json; readonly isExact: boolean } | null;

function onField(expression: Expression | undefined, lookup: () => Lookup): Translation {
  const field = fieldOf(expression);
  const said = field === null ? null : lookup();
  return field === null || said === null
    ? everything
    : { where: { [field]: said.value }, isExact: said.isExact };
}

type Comparison = "eq" | "gt" | "gte" | "lt" | "lte";
const turned = { eq: "eq", gt: "lt", gte: "lte", lt: "gt", lte: "gte" } as const;

function compared(
  name: Comparison,
  first: Expression | undefined,
  second: Expression | undefined,
): Translation {
  if (first?.type === "val" && second?.type === "ref") return compared(turned[name], second, first);
  return onField(first, () => {
    const operand = operandOf(second);
    if (operand === null) return null;
    if (name === "eq") return { value: operand, isExact: isPlain(operand) };
    const isOrdered = typeof operand === "string" ? isOrderedAsText(operand) : typeof operand === "number";
    return isOrdered ? { value: { [name]: operand }, isExact: true } : null;
  });
}

/** Nothing equals null there, so what is null says nothing. */
function amongst(list: Expression | undefined): Lookup {
  if (list?.type !== "val" || !Array.isArray(list.value)) return null;
  const values = (list.value as readonly unknown[]).filter((value) => value !== null && value !== undefined);
  if (values.length > mostValues || !values.every(isScalar)) return null;
  // Of no values null is none to the server, and unknown there.
  return { value: { in: values }, isExact: values.length > 0 && values.every(isPlain) };
}

function matching(
  ignoresCase: boolean,
  text: Expression | undefined,
  pattern: Expression | undefined,
): Translation {
  const like = operandOf(pattern);
  // What is not ASCII has another lower case there.
  if (typeof like !== "string" || (ignoresCase && !isAscii(like))) return everything;
  const lookups = lookupsOf(like.split(/[%_]/), ignoresCase);
  const isExact = !ignoresCase && (/^%?[^%_]+%$|^%[^%_]+$/.test(like) || !/[%_]/.test(like));
  const said = all(lookups.map((value) => onField(text, () => ({ value, isExact }))));
  return said.where === null ? everything : said;
}

/** What text must have in which each part stands somewhere behind the one before. */
function lookupsOf(parts: readonly string[], ignoresCase: boolean): Json[] {
  const [start = "", ...others] = parts;
  const end = others.pop();
  if (end === undefined && !ignoresCase) return [start];
  const lookups: Json[] = [];
  if (start !== "") lookups.push(ignoresCase ? { istartswith: start } : { startswith: start });
  for (const part of others) {
    if (part !== "") lookups.push(ignoresCase ? { icontains: part } : { contains: part });
  }
  if (end !== undefined && end !== "") lookups.push(ignoresCase ? { icontains: end } : { endswith: end });
  return lookups;
}

function isAscii(text: string): boolean {
  return !/[^ -~\s]/.test(text);
}

function operandOf(expression: Expression | undefined): string | number | boolean | null {
  return expression?.type === "val" && isScalar(expression.value) ? expression.value : null;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function isPlain(value: string | number | boolean): boolean {
  return typeof value !== "string" || hasOneSpelling(value);
}
