import { parseWhere } from "../../core/query/parse-where.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import type { CompiledResource } from "../compiled-resource.ts";
import type { Context } from "../context.ts";
import { scopeRules } from "./where-rules.ts";

/** The rows that the caller may see. What the scope throws is thrown. */
export async function scopePredicate(resource: CompiledResource, context: Context): Promise<Predicate> {
  const { scope } = resource.options;
  return scope === undefined ? { op: "true" } : toPredicate(resource, "scope", await scope(context));
}

/** What a row must fulfil after the caller's write: the declared check, else the scope. */
export async function checkPredicate(resource: CompiledResource, context: Context): Promise<Predicate> {
  const { check } = resource.options;
  return check === undefined
    ? scopePredicate(resource, context)
    : toPredicate(resource, "check", await check(context));
}

/**
 * A condition of the server's own. `name` says in the error whose it is.
 *
 * @throws TypeError where it is none.
 */
export function toPredicate(
  resource: CompiledResource,
  name: "scope" | "check" | "observer",
  result: unknown,
): Predicate {
  if (result === true) return { op: "true" };
  if (result === false) return { op: "false" };
  // Without this, a scope that forgot to return would show every row.
  if (typeof result !== "object" || result === null || Array.isArray(result)) {
    throw new TypeError(
      `The ${name} of "${resource.name}" gave ${String(result)}: expected a condition, true or false.`,
    );
  }
  try {
    return parseWhere(result as Readonly<Record<string, unknown>>, scopeRules(resource.info));
  } catch (fault) {
    // The fault is the server's own: as `invalid`, also as a cause, it would blame the caller and describe hidden columns.
    const why = fault instanceof Error ? fault.message : String(fault);
    throw new TypeError(`The ${name} of "${resource.name}" is not a valid condition: ${why}`);
  }
}
