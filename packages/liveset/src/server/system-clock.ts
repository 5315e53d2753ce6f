import type { Clock } from "../core/clock.ts";

/** A longer delay makes `setTimeout` fire at once. */
const longestDelay = 2 ** 31 - 1;

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, Math.min(delay, longestDelay));
    return () => clearTimeout(timer);
  },
};
