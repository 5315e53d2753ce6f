import fc from "fast-check";
import { expect, test } from "vitest";
import { SmallSet } from "./small-set.ts";

test("a small set is a set, whatever is added and removed", () => {
  const members = [{ n: 0 }, { n: 1 }, { n: 2 }];
  const step = fc.record({ add: fc.boolean(), member: fc.constantFrom(...members) });
  const property = fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const small = new SmallSet<object>();
    const set = new Set<object>();
    for (const { add, member } of steps) {
      if (add) {
        small.add(member);
        set.add(member);
      } else {
        small.delete(member);
        set.delete(member);
      }
      expect([...small]).toEqual([...set]);
      expect(small.size).toBe(set.size);
      expect(members.map((one) => small.has(one))).toEqual(members.map((one) => set.has(one)));
    }
  });
  fc.assert(property, { numRuns: 500 });
});
