import type { Json, WireRow } from "../core/json.ts";
import { asciiLower } from "../core/query/ascii-lower.ts";
import { compareText } from "../core/query/compare-text.ts";
import { type Lookup, lookups } from "../core/query/lookup.ts";

/**
 * What can be said of a condition here: `null` is SQL's unknown, which selects nothing; `undefined` is that only the server
 * can tell, because the row does not have the field or a value's kind is not known here.
 */
export type Verdict = boolean | null | undefined;

type Condition = Readonly<Record<string, Json>>;

/**
 * Judges a `where` over a row, without knowing the columns' kinds. It never guesses: where the server could see it
 * differently, the verdict is undefined.
 */
export function judgeWhere(where: Condition, row: WireRow): Verdict {
  return join(
    Object.entries(where).map(([name, value]) => {
      if (name === "AND") return join(branches(value, row), false);
      if (name === "OR") return join(branches(value, row), true);
      if (name === "NOT") return negate(judgeWhere(value as Condition, row));
      return judgeField(row[name], value);
    }),
    false,
  );
}

function branches(value: Json | undefined, row: WireRow): Verdict[] {
  return Array.isArray(value) ? value.map((branch) => judgeWhere(branch as Condition, row)) : [undefined];
}

/** AND and OR: the one truth that decides alone, else what is not known here, else SQL's unknown, else the other. */
function join(verdicts: readonly Verdict[], deciding: boolean): Verdict {
  if (verdicts.includes(deciding)) return deciding;
  if (verdicts.includes(undefined)) return undefined;
  return verdicts.includes(null) ? null : !deciding;
}

function negate(verdict: Verdict): Verdict {
  return typeof verdict === "boolean" ? !verdict : verdict;
}

function judgeField(held: Json | undefined, value: Json | undefined): Verdict {
  if (value === undefined) return true;
  if (held === undefined) return undefined;
  if (typeof value !== "object" || value === null) return judgeLookup("exact", held, value);
  return join(
    Object.entries(value).map(([lookup, operand]) =>
      isLookup(lookup) ? judgeLookup(lookup, held, operand as Json) : undefined,
    ),
    false,
  );
}

function isLookup(name: string): name is Lookup {
  return (lookups as readonly string[]).includes(name);
}

function judgeLookup(lookup: Lookup, held: Json, operand: Json): Verdict {
  if (lookup === "isnull") return (held === null) === operand;
  if (operand === null && (lookup === "exact" || lookup === "ne"))
    return (held === null) === (lookup === "exact");
  if (held === null) return Array.isArray(operand) && operand.length === 0 ? false : null;
  switch (lookup) {
    case "exact":
      return equal(held, operand);
    case "ne":
      return negate(equal(held, operand));
    case "in":
      return join(
        (operand as readonly Json[]).map((one) => equal(held, one)),
        true,
      );
    case "range": {
      const [least = null, most = null] = operand as readonly Json[];
      return join(
        [ordered(held, least, (sign) => sign >= 0), ordered(held, most, (sign) => sign <= 0)],
        false,
      );
    }
    case "lt":
      return ordered(held, operand, (sign) => sign < 0);
    case "lte":
      return ordered(held, operand, (sign) => sign <= 0);
    case "gt":
      return ordered(held, operand, (sign) => sign > 0);
    case "gte":
      return ordered(held, operand, (sign) => sign >= 0);
    default:
      return typeof held === "string" ? judgeText(lookup, held, String(operand)) : undefined;
  }
}

function judgeText(
  lookup: "contains" | "icontains" | "startswith" | "istartswith" | "endswith",
  held: string,
  operand: string,
): boolean {
  switch (lookup) {
    case "contains":
      return held.includes(operand);
    case "icontains":
      return asciiLower(held).includes(asciiLower(operand));
    case "startswith":
      return held.startsWith(operand);
    case "istartswith":
      return asciiLower(held).startsWith(asciiLower(operand));
    case "endswith":
      return held.endsWith(operand);
    default:
      return lookup satisfies never;
  }
}

function equal(held: Json, operand: Json): Verdict {
  if (held === operand) return true;
  if (typeof held !== typeof operand || typeof held === "object") return undefined;
  const [a, b] = [timeOf(held), timeOf(operand)];
  // One moment may be written in two ways, and two texts are two texts.
  return a !== null && a === b ? undefined : false;
}

function ordered(held: Json, operand: Json, fits: (sign: number) => boolean): Verdict {
  if (typeof held === "number" && typeof operand === "number") return fits(held - operand);
  if (typeof held !== "string" || typeof operand !== "string") return undefined;
  // Digits may be large integers, or text: these have different orders. So it is with moments in different spellings.
  if (digits.test(held) && digits.test(operand)) return undefined;
  const sign = Math.sign(compareText(held, operand));
  const [a, b] = [timeOf(held), timeOf(operand)];
  return a === null || b === null || Math.sign(a - b) === sign ? fits(sign) : undefined;
}

const digits = /^-?\d+$/;
const isoDate = /^([+-]\d{2})?\d{4}-\d\d-\d\dT/;

function timeOf(value: Json): number | null {
  if (typeof value !== "string" || !isoDate.test(value)) return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}
