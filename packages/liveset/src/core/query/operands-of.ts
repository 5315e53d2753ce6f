import type { Comparison, Operand } from "./predicate.ts";

/** The operands of a comparison as a list. */
export function operandsOf({ value }: Comparison): readonly Operand[] {
  return typeof value === "object" ? value : [value];
}
