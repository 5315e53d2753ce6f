import fc from "fast-check";
import { expect, test } from "vitest";
import { type Interval, isAfter, isBefore } from "../../../core/query/interval.ts";
import type { Operand } from "../../../core/query/predicate.ts";
import { IntervalTree } from "./interval-tree.ts";

const runs = 1000 * Number(process.env.LIVESET_SOAK ?? 1);
const compare = (a: Operand, b: Operand): number => Number(a) - Number(b);
const bound = fc.option(fc.integer({ min: 0, max: 12 }));
const interval: fc.Arbitrary<Interval> = fc.record({
  low: bound,
  lowOpen: fc.boolean(),
  high: bound,
  highOpen: fc.boolean(),
});
const step = fc.record({ set: fc.boolean(), interval });
const contains = (one: Interval, value: number) =>
  !isBefore(value, one, compare) && !isAfter(value, one, compare);

function found(tree: IntervalTree<string>, value: number): string[] {
  const values: string[] = [];
  tree.containing(value, (one) => values.push(one));
  return values.sort();
}

/** A bound that is none is neither open nor closed. */
const textOf = ({ low, lowOpen, high, highOpen }: Interval) =>
  JSON.stringify([low, low !== null && lowOpen, high, high !== null && highOpen]);

test("after any setting and deleting it finds what asking each interval finds, and nothing twice", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tree = new IntervalTree<string>(compare);
      const model = new Map<string, Interval>();
      for (const { set, interval: one } of steps) {
        const text = textOf(one);
        if (set) {
          tree.set(one, text);
          model.set(text, one);
        } else {
          tree.delete(one);
          model.delete(text);
        }
        expect(tree.get(one)).toBe(set ? text : undefined);
      }
      for (let value = -0.5; value < 13; value += 0.5) {
        const expected = [...model].flatMap(([text, one]) => (contains(one, value) ? [text] : []));
        expect(found(tree, value)).toEqual(expected.sort());
      }
      const all: string[] = [];
      tree.all((text) => all.push(text));
      expect(all.sort()).toEqual([...model.keys()].sort());
      for (const one of model.values()) tree.delete(one);
      expect(tree.isEmpty).toBe(true);
    }),
    { numRuns: runs },
  );
});

test.each(["ascending", "descending", "mixed"])(
  "among 65,536 %s intervals each step looks at a number of bounds that grows as the logarithm",
  (order) => {
    const n = 65_536;
    let comparisons = 0;
    const tree = new IntervalTree<number>((a, b) => {
      comparisons++;
      return compare(a, b);
    });
    const at = (i: number) => ({ ascending: i, descending: n - i, mixed: (i * 40_503) % n })[order] ?? 0;
    const nth = (i: number): Interval => ({ low: at(i), lowOpen: false, high: at(i) + 0.5, highOpen: false });
    let most = 0;
    const counted = (work: () => void): void => {
      comparisons = 0;
      work();
      most = Math.max(most, comparisons);
    };
    for (let i = 0; i < n; i++) counted(() => tree.set(nth(i), i));
    for (let i = 0; i < n; i += 97) {
      const hits: number[] = [];
      counted(() => tree.containing(at(i), (value) => hits.push(value)));
      expect(hits).toEqual([i]);
    }
    for (let i = 0; i < n; i++) counted(() => tree.delete(nth(i)));
    expect(tree.isEmpty).toBe(true);
    // Sixteen doublings; an AVL tree is at most 1.44 times as high, and each level costs a handful.
    expect(most).toBeLessThan(16 * 1.44 * 8);
  },
);
