import type { IR } from "@tanstack/db";

/** The field of a row that an expression is; null for anything else, as a part of a field's JSON or what TanStack DB adds to rows. */
export function fieldOf(expression: IR.BasicExpression | undefined): string | null {
  if (expression?.type !== "ref") return null;
  const [name, ...rest] = expression.path;
  return name === undefined || rest.length > 0 || name.startsWith("$") ? null : name;
}
