import type { IndexKey } from "../../../core/query/index-key.ts";
import { operandsOf } from "../../../core/query/operands-of.ts";
import type { Operand, Predicate } from "../../../core/query/predicate.ts";

/** Beyond so many, one more value of a column says no more about it. Bounds what statistics keep. */
const mostValues = 1024;

/**
 * What the predicates of a table tell of its columns: how many different values they ask for. The more a column has, the
 * fewer rows hold any one of them. All parts of a predicate are counted, not only those it is filed under: else a
 * column that was once passed over would be passed over for ever. Counts do not go down.
 */
export class Statistics {
  readonly #values = new Map<string, Set<Operand>>();
  readonly #unique: string | null;

  /** @param unique a column in which no two rows hold the same value */
  constructor(unique: string | null) {
    this.#unique = unique;
  }

  /** Counts the values that a predicate asks for by equality. */
  count(predicate: Predicate): void {
    if (predicate.op === "and" || predicate.op === "or") for (const part of predicate.of) this.count(part);
    else if (predicate.op === "compare" && (predicate.lookup === "exact" || predicate.lookup === "in")) {
      const values = this.#values.get(predicate.column) ?? new Set();
      this.#values.set(predicate.column, values);
      for (const value of operandsOf(predicate)) if (values.size < mostValues) values.add(shortened(value));
    }
  }

  /**
   * The share of rows that are thought to have a key, 0 to 1. For equality a power of two, so that columns with about as many
   * values are equally good; an interval has no statistics, and is thought wider than any value.
   */
  share(key: IndexKey): number {
    switch (key.is) {
      case "equal": {
        if (key.column === this.#unique) return 2 ** -20;
        if (typeof key.value === "boolean") return 1 / 2;
        return 2 ** -Math.floor(Math.log2(8 + (this.#values.get(key.column)?.size ?? 0)));
      }
      case "within": {
        const ends = Number(key.interval.low !== null) + Number(key.interval.high !== null);
        return 2 ** -ends;
      }
      case "null":
        return 1 / 4;
      case "present":
        return 1;
      default:
        return key satisfies never;
    }
  }
}

/** Long texts are told apart by their length alone: what callers send is not kept. */
function shortened(value: Operand): Operand {
  return typeof value === "string" && value.length > 64 ? value.length : value;
}
