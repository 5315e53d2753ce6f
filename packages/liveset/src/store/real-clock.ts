import type { Clock } from "../core/clock.ts";

/** The longest delay that timers keep: a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/** The machine's own time. */
export const realClock: Clock = {
  now: () => Date.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, Math.min(delay, longest));
    return () => clearTimeout(timer);
  },
};
