import { expect, test } from "vitest";
import { toWire } from "./to-wire.ts";

test("values that JSON lacks are converted at any depth", () => {
  const value = {
    at: new Date(0),
    big: [2n ** 63n],
    bytes: new Uint8Array([1, 2, 3]),
    none: undefined,
    list: [undefined],
  };
  expect(toWire(value)).toEqual({
    at: "1970-01-01T00:00:00.000Z",
    big: ["9223372036854775808"],
    bytes: "AQID",
    list: [null],
  });
});

test("an object's own JSON form is used", () => {
  expect(toWire(new URL("http://localhost/a"))).toBe("http://localhost/a");
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol("a")])("%s has no JSON form", (value) => {
  expect(() => toWire(value)).toThrow("has no JSON form");
});

test("a promise was forgotten to be awaited", () => {
  expect(() => toWire({ later: Promise.resolve(1) })).toThrow("must be awaited");
});
