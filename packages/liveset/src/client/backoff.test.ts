import { expect, test } from "vitest";
import { defaultBackoff, pause } from "./backoff.ts";

test("the bound of the pause doubles with each attempt up to the maximum", () => {
  const bounds = [0, 1, 2, 3, 10, 1000].map((attempt) => pause(defaultBackoff, attempt, () => 1));
  expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000]);
});

test("the pause is anything below its bound", () => {
  expect(pause(defaultBackoff, 3, () => 0)).toBe(0);
  expect(pause(defaultBackoff, 3, () => 0.25)).toBe(1_000);
});
