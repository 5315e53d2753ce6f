import type { Change } from "../../core/change/change.ts";
import { type Transition, transition } from "../../core/change/transition.ts";
import type { WireRow } from "../../core/json.ts";
import { compilePredicate } from "../../core/query/evaluate.ts";
import type { Predicate } from "../../core/query/predicate.ts";
import type { CompiledResource } from "../compiled-resource.ts";

/** Tells what a change means to a group. */
export interface Judge {
  /** Throws what a permission throws. */
  transition(change: Change): Transition;
}

type Test = (row: WireRow) => boolean;

/** The judge of a condition: it on the row before and after; with a permission (`may`, of one row), that as well. */
export function judgeOf(predicate: Predicate, { info }: CompiledResource, may: Test | null): Judge {
  const test = compilePredicate(predicate, info.columns);
  return may === null ? new ByTest(test) : new ByPermission(test, may);
}

class ByTest implements Judge {
  readonly #test: Test;

  constructor(test: Test) {
    this.#test = test;
  }

  transition({ before, after }: Change): Transition {
    return transition(before !== null && this.#test(before), after !== null && this.#test(after));
  }
}

/** A permission tells of now, not of the time when the row before was current: so what was shown is remembered. */
class ByPermission implements Judge {
  readonly #test: Test;
  readonly #may: Test;
  /** True to begin with, for a row that is there and may not be seen is not followed. */
  #shown = true;

  constructor(test: Test, may: Test) {
    this.#test = test;
    this.#may = may;
  }

  transition({ before, after }: Change): Transition {
    const was = before !== null && this.#test(before);
    if (!was && (after === null || !this.#test(after))) return "none";
    const wasShown = this.#shown && was;
    this.#shown = false;
    this.#shown = after !== null && this.#test(after) && this.#may(after);
    return transition(wasShown, this.#shown);
  }
}
