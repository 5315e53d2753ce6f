/** What a change means to a group. */
export type Transition = "enter" | "update" | "leave" | "none";

/**
 * The transition of a row from its membership before and after.
 *
 * @example
 * ```ts
 * transition(false, true); // "enter"
 * ```
 */
export function transition(wasIn: boolean, isIn: boolean): Transition {
  if (isIn) return wasIn ? "update" : "enter";
  return wasIn ? "leave" : "none";
}
