import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBase64, fromBase64, isBase64, toBase64 } from "./base64.ts";

test("base64 is what the platform writes, and reads back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const text = toBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64"));
      expect(isBase64(text)).toBe(true);
      expect(fromBase64(text)).toEqual(bytes);
    }),
  );
});

test("base64 is compared by its bytes", () => {
  const few = fc.uint8Array({ maxLength: 4, max: 2 });
  fc.assert(
    fc.property(few, few, (a, b) => {
      expect(Math.sign(compareBase64(toBase64(a), toBase64(b)))).toBe(Buffer.compare(a, b));
    }),
  );
  expect(compareBase64(toBase64(new Uint8Array([255])), toBase64(new Uint8Array([251])))).toBeGreaterThan(0);
});

test("only the canonical text of some bytes is base64", () => {
  for (const text of ["A", "AA", "AAA", "AB==", "AAB=", "AA==AA==", "AA= =", "A===", "AA\n=="])
    expect(isBase64(text)).toBe(false);
});
