import fc from "fast-check";
import { expect, test } from "vitest";
import { compareText } from "./compare-text.ts";

const soak = Number(process.env.LIVESET_SOAK ?? 1);

test("text is compared as its UTF-8 bytes are", () => {
  const text = fc
    .array(fc.constantFrom("", "a", "b", "\0", "é", "\ud7ff", "\ue000", "\uffff", "😀", "𝒳"), {
      maxLength: 4,
    })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 1000 * soak },
  );
});

test("an emoji comes after a fullwidth sign, whatever JavaScript says", () => {
  expect("😀" < "\uff01").toBe(true);
  expect(compareText("😀", "\uff01")).toBeGreaterThan(0);
});
