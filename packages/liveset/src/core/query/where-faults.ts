import { invalid, LivesetError } from "../error/liveset-error.ts";
import type { Column } from "./column-kind.ts";
import type { Lookup } from "./lookup.ts";
import type { WhereRules } from "./where-rules.ts";

type Path = readonly (string | number)[];

/** A field that may not be filtered by, whether or not it exists. */
export function notDeclared(name: string, path: Path, rules: WhereRules): LivesetError {
  const declared = [...rules.columns.keys()].filter((column) => (rules.allowed(column)?.size ?? 0) > 0);
  return invalid(
    path,
    "not_declared",
    `${name} cannot be filtered by; what can: ${names([...declared, ...(rules.relationNames ?? [])])}.`,
  );
}

/** A lookup that a column does not allow. */
export function notAllowed(
  column: Column,
  lookup: string,
  allowed: ReadonlySet<Lookup>,
  path: Path,
): LivesetError {
  const { name, kind } = column;
  if (kind === "json" || kind === "opaque") {
    const rest = allowed.size === 0 ? "" : `; allowed: ${names(allowed)}`;
    return invalid(
      path,
      "unknown_lookup",
      `${name} holds ${kind === "json" ? "JSON" : "values of a custom type"} and cannot be compared by value${rest}.`,
    );
  }
  return invalid(path, "unknown_lookup", `${name} does not allow ${lookup}; allowed: ${names(allowed)}.`);
}

/** Names as a list to be read. */
export function names(all: Iterable<string>): string {
  return [...all].join(", ") || "nothing";
}

/** A bound that was passed; `limit` is its name. */
export function exceeded(path: Path, limit: string, message: string): LivesetError {
  return new LivesetError("limit_exceeded", { detail: message, errors: [{ path, code: limit, message }] });
}
