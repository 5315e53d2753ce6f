import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../../log.ts";

/** Before the next attempt, in ms: the first time, and at most. */
const firstPause = 50;
const longestPause = 1_000;

/**
 * Waits, and tries until an attempt goes well. A fault is logged as a warning when it is another than the one before.
 *
 * @returns false where the signal ended it
 */
export async function tryAgain(
  attempt: () => Promise<void>,
  { signal, log, what }: { readonly signal: AbortSignal; readonly log: Log; readonly what: string },
): Promise<boolean> {
  let said = "";
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    await delay(pause, null, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return false;
    try {
      await attempt();
      return true;
    } catch (error) {
      if (String(error) !== said) log.warn({ err: error }, what);
      said = String(error);
    }
  }
}
