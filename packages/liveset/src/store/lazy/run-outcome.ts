import { LivesetError } from "../../core/error/liveset-error.ts";
import type { ObservableLike, Outcome } from "./row-effects.ts";

/**
 * Runs an effect to its end and resolves with the last of what it gave, undefined where that was nothing.
 *
 * @param each is given everything as it comes; where it is not given, the first is enough, and the rest is not waited for
 * @throws what the effect fails with, and `released` when the signal aborts.
 */
export async function runOutcome<T>(
  start: () => Outcome<T>,
  signal: AbortSignal,
  each?: (value: T) => void,
): Promise<T | undefined> {
  if (signal.aborted) throw new LivesetError("released");
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new LivesetError("released"));
  });
  signal.addEventListener("abort", abort, { once: true });
  // Where nobody waits for it any more, it is no unhandled rejection.
  aborted.catch(() => {});
  // In a promise, so that what throws at once is as what rejects.
  const run = Promise.resolve().then(() => follow(start(), signal, each));
  try {
    return await Promise.race([run, aborted]);
  } finally {
    // The signal is that of all runs together, and lives on.
    signal.removeEventListener("abort", abort);
  }
}

function follow<T>(
  outcome: Outcome<T>,
  signal: AbortSignal,
  each?: (value: T) => void,
): PromiseLike<T | undefined> {
  if ("subscribe" in outcome) return observe(outcome, signal, each);
  if (Symbol.asyncIterator in outcome) return iterate(outcome, signal, each);
  return outcome.then((value) => {
    each?.(value);
    return value;
  });
}

async function iterate<T>(
  outcome: AsyncIterable<T>,
  signal: AbortSignal,
  each?: (value: T) => void,
): Promise<T | undefined> {
  let last: T | undefined;
  for await (const value of outcome) {
    if (signal.aborted) break;
    last = value;
    if (each === undefined) break;
    each(value);
  }
  return last;
}

function observe<T>(
  outcome: ObservableLike<T>,
  signal: AbortSignal,
  each?: (value: T) => void,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let last: T | undefined;
    let over = false;
    let subscription: { unsubscribe(): void } | null = null;
    const end = (settle: () => void): void => {
      over = true;
      signal.removeEventListener("abort", abort);
      subscription?.unsubscribe();
      settle();
    };
    const abort = (): void => end(() => resolve(last));
    signal.addEventListener("abort", abort, { once: true });
    subscription = outcome.subscribe({
      next: (value) => {
        if (over) return;
        last = value;
        if (each === undefined) end(() => resolve(value));
        else each(value);
      },
      error: (error) => end(() => reject(error)),
      complete: () => end(() => resolve(last)),
    });
    // It may have ended before it gave the subscription.
    if (over) subscription.unsubscribe();
  });
}
