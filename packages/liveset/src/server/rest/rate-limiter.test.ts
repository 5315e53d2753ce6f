import { expect, test } from "vitest";
import { createRateLimiter } from "./rate-limiter.ts";

function clockAt(): { now: number; after: () => () => void } {
  return { now: 0, after: () => () => {} };
}

test("a client has its burst and then its rate, and is told how long to wait", () => {
  const time = clockAt();
  const take = createRateLimiter({ burst: 2, perSecond: 0.5 }, { ...time, now: () => time.now });
  expect([take("a"), take("a"), take("a")]).toEqual([0, 0, 2]);
  expect(take("b")).toBe(0);
  time.now = 1000;
  expect(take("a")).toBe(1);
  time.now = 2000;
  expect([take("a"), take("a")]).toEqual([0, 2]);
});

test("a client that was silent for long has no more than its burst", () => {
  const time = clockAt();
  const take = createRateLimiter({ burst: 1, perSecond: 10 }, { ...time, now: () => time.now });
  take("a");
  time.now = 1e9;
  expect([take("a"), take("a")]).toEqual([0, 1]);
});
