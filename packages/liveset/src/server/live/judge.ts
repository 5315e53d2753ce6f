import type { Change } from "../../core/change/change.ts";
import { type Transition, transition } from "../../core/change/transition.ts";
import { compilePredicate } from "../../core/query/evaluate.ts";
import type { LiveQuery } from "./live-query.ts";

/** Tells what a change means to a group. */
export type Judge = (change: Change) => Transition;

/** The judge of a query: its predicate on the row before and after; for a row with a permission, that as well. */
export function judgeOf({ bound, may }: LiveQuery): Judge {
  const test = compilePredicate(bound.predicate, bound.resource.info.columns);
  if (may === null) {
    return ({ before, after }) => transition(before !== null && test(before), after !== null && test(after));
  }
  // A permission tells of now, not of the time when the row before was current: so what was shown is remembered.
  // True to begin with, for a row that is there and may not be seen is not followed.
  let shown = true;
  return ({ before, after }) => {
    const concerned = (before !== null && test(before)) || (after !== null && test(after));
    if (!concerned) return "none";
    const wasShown = shown && before !== null && test(before);
    shown = false;
    shown = after !== null && test(after) && may(after);
    return transition(wasShown, shown);
  };
}
