import fc from "fast-check";
import { expect, test } from "vitest";
import type { WireRow } from "../json.ts";
import { type KeyText, keyTextOf } from "../key/key.ts";
import type { Column } from "../query/column-kind.ts";
import { compareRows } from "../query/compare-rows.ts";
import { hasMore, insideOf, type ListedChange, openWindow, stepWindow, type WindowShape } from "./window.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

const columns = new Map<string, Column>([
  ["id", { name: "id", kind: "integer", nullable: false }],
  ["rank", { name: "rank", kind: "integer", nullable: true }],
  ["name", { name: "name", kind: "text", nullable: true }],
]);

const direction = fc.constantFrom("asc" as const, "desc" as const);
const shape: fc.Arbitrary<WindowShape> = fc
  .record({
    limit: fc.integer({ min: 1, max: 5 }),
    ahead: fc.integer({ min: 1, max: 3 }),
    order: fc.uniqueArray(
      fc.record({
        column: fc.constantFrom("rank", "name", "id"),
        direction,
        nulls: fc.constantFrom("first", "last"),
      }),
      { selector: ({ column }) => column, maxLength: 3 },
    ),
  })
  .map(({ limit, ahead, order }) => ({
    limit,
    ahead,
    keyOf: (row) => keyTextOf(row, ["id"]),
    compare: compareRows([...order, { column: "id", direction: "asc" }], columns),
  }));

const content = fc.record({
  rank: fc.constantFrom(null, 0, 1, 2),
  name: fc.constantFrom(null, "a", "B", "😀"),
});
/** A row is put with new content, or, with null, taken out. */
const transaction = fc.dictionary(fc.integer({ min: 1, max: 12 }).map(String), fc.option(content), {
  maxKeys: 4,
});

test("P1: a window equals the sorted list's beginning after every transaction, and asks only when it must", () => {
  const counts = { steps: 0, refills: 0, changes: 0 };
  fc.assert(
    fc.property(
      shape,
      transaction,
      fc.array(transaction, { minLength: 1, maxLength: 20, size: "max" }),
      (shape, first, transactions) => {
        const list = new Map<string, WireRow>();
        const put = (plan: Record<string, object | null>): ListedChange[] =>
          Object.entries(plan).flatMap(([id, content]) => {
            const before = list.get(id) ?? null;
            const after = content === null ? null : { id: Number(id), ...content };
            if (after === null) list.delete(id);
            else list.set(id, after);
            return before === null && after === null ? [] : [{ before, after }];
          });
        const sorted = (): WireRow[] => [...list.values()].sort(shape.compare);
        put(first);
        let window = openWindow(shape, sorted().slice(0, shape.limit + shape.ahead));
        const shown = new Map<KeyText, WireRow>(
          insideOf(shape, window).map((row) => [shape.keyOf(row), row]),
        );
        for (const plan of transactions) {
          const step = stepWindow(shape, window, put(plan));
          counts.steps++;
          if (step === null) {
            counts.refills++;
            window = openWindow(shape, sorted().slice(0, shape.limit + shape.ahead));
            shown.clear();
            for (const row of insideOf(shape, window)) shown.set(shape.keyOf(row), row);
          } else {
            for (const key of step.leave) expect(shown.delete(key)).toBe(true);
            for (const row of step.enter) expect(shown.has(shape.keyOf(row))).toBe(false);
            for (const row of step.update) expect(shown.has(shape.keyOf(row))).toBe(true);
            for (const row of [...step.enter, ...step.update]) shown.set(shape.keyOf(row), row);
            counts.changes += step.enter.length + step.update.length + step.leave.length;
            window = step.next;
          }
          expect(insideOf(shape, window)).toEqual(sorted().slice(0, shape.limit));
          expect([...shown.values()].sort(shape.compare)).toEqual(insideOf(shape, window));
          expect(hasMore(shape, window)).toBe(list.size > shape.limit);
        }
      },
    ),
    { numRuns: 2_000 * soak },
  );
  expect(counts.changes).toBeGreaterThan(counts.steps / 10);
  expect(counts.refills).toBeLessThan(counts.steps / 4);
});
