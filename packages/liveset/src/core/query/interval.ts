import { operandsOf } from "./operands-of.ts";
import type { Comparison, Operand } from "./predicate.ts";

/** All values between two bounds. A bound that is null is none at all; an open one is not among the values. */
export interface Interval {
  readonly low: Operand | null;
  readonly lowOpen: boolean;
  readonly high: Operand | null;
  readonly highOpen: boolean;
}

/** Negative, 0 or positive, as for `Array.sort`. */
export type Compare = (a: Operand, b: Operand) => number;

/** The values that fulfil a comparison, where they are an interval; else null. */
export function intervalOf(comparison: Comparison): Interval | null {
  const [first = null, second = null] = operandsOf(comparison);
  switch (comparison.lookup) {
    case "lt":
    case "lte":
      return { low: null, lowOpen: false, high: first, highOpen: comparison.lookup === "lt" };
    case "gt":
    case "gte":
      return { low: first, lowOpen: comparison.lookup === "gt", high: null, highOpen: false };
    case "range":
      return { low: first, lowOpen: false, high: second, highOpen: false };
    case "startswith": {
      const high = afterPrefix(String(first));
      return { low: first, lowOpen: false, high, highOpen: high !== null };
    }
    default:
      return null;
  }
}

/** The values that are in both; null where there is none. */
export function intersect(a: Interval, b: Interval, compare: Compare): Interval | null {
  const { low, lowOpen } = compareLow(a, b, compare) > 0 ? a : b;
  const { high, highOpen } = compareHigh(a, b, compare) < 0 ? a : b;
  if (low !== null && high !== null) {
    const order = compare(low, high);
    if (order > 0 || (order === 0 && (lowOpen || highOpen))) return null;
  }
  return { low, lowOpen, high, highOpen };
}

/** Which of two intervals begins first. */
export function compareLow(a: Interval, b: Interval, compare: Compare): number {
  if (a.low === null || b.low === null) return Number(b.low === null) - Number(a.low === null);
  return compare(a.low, b.low) || Number(a.lowOpen) - Number(b.lowOpen);
}

/** Which of two intervals ends first. */
export function compareHigh(a: Interval, b: Interval, compare: Compare): number {
  if (a.high === null || b.high === null) return Number(a.high === null) - Number(b.high === null);
  return compare(a.high, b.high) || Number(b.highOpen) - Number(a.highOpen);
}

/** Whether a value is before all values of an interval. */
export function isBefore(value: Operand, { low, lowOpen }: Interval, compare: Compare): boolean {
  if (low === null) return false;
  const order = compare(value, low);
  return order < 0 || (order === 0 && lowOpen);
}

/** Whether a value is after all values of an interval. */
export function isAfter(value: Operand, { high, highOpen }: Interval, compare: Compare): boolean {
  if (high === null) return false;
  const order = compare(value, high);
  return order > 0 || (order === 0 && highOpen);
}

/** The first text, by code point, that is after all that begin with a prefix; null where there is none. */
function afterPrefix(prefix: string): string | null {
  const points = Array.from(prefix, (char) => char.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    // Between the two lie the surrogates, which are no characters.
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return null;
}
