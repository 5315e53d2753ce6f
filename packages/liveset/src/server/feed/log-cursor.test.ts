import fc from "fast-check";
import { expect, test } from "vitest";
import { cursorOf, placeOf } from "./log-cursor.ts";

const epoch = "0a1b2c3d";

test("A cursor gives back its place", () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.nat(8.64e15), (seq, at) => {
      expect(placeOf(epoch, cursorOf(epoch, { seq, at }))).toEqual({ seq, at });
    }),
  );
});

test.each([
  "",
  "0a1b2c3d",
  "0a1b2c3d-1",
  "0a1b2c3d--1-a",
  "0a1b2c3d-01-a",
  "0a1b2c3d-1-0a",
  "0a1b2c3d-1-A",
  "ffffffff-1-a",
  "0a1b2c3d-1-a\n",
  "0a1b2c3d-99999999999999999-a",
])("%j is no cursor of this epoch", (text) => {
  expect(placeOf(epoch, text)).toBeNull();
});
