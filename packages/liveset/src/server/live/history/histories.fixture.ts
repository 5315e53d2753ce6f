import type { Histories } from "./check-histories.fixture.ts";
import { weights } from "./weights.fixture.ts";

/** What histories are about: how their server is set up, what they dwell on, and what must come of it. */
export type About = Pick<Histories, "setting" | "weights" | "floors">;

export const histories = {
  lists: {
    setting: { limits: {}, onExpiry: "close" },
    weights: weights.lists,
    floors: {
      enters: 800,
      leaves: 400,
      "leaves of rows that are still there": 80,
      "updates of nested rows": 120,
      "facts of windows and counts": 200,
      "windows grown": 60,
      "windows refilled": 8,
      "lists judged": 20_000,
      "writes rolled back": 100,
    },
  },
  rights: {
    setting: { limits: {}, onExpiry: "anonymous" },
    weights: weights.rights,
    floors: {
      "principals changed": 500,
      "closes: 4401": 70,
      "errors of lists that are broken": 30,
      "leaves of rows that are still there": 30,
      "markers checked": 3_000,
    },
  },
  faults: {
    setting: { limits: {}, onExpiry: "close" },
    weights: weights.faults,
    floors: {
      cuts: 200,
      restarts: 150,
      resumed: 400,
      "sent anew after a reconnect": 150,
      "mutations repeated over another line": 50,
      prunings: 60,
    },
  },
  slow: {
    setting: {
      limits: { waitingBytes: 700, bufferedBytes: 3_000, waitingChanges: 12 },
      onExpiry: "close",
    },
    weights: weights.slow,
    floors: {
      "resets: backlog": 200,
      "closes: 4408": 20,
      "resets: slow_reader": 2,
      "windows grown": 30,
    },
  },
} as const satisfies Readonly<Record<string, About>>;
