import { LivesetError } from "../core/error/liveset-error.ts";
import { isPromiseLike } from "./is-promise-like.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Runs the user's own code for no longer than the limit `operationTime`, so that what hangs holds up nobody else.
 * The code itself cannot be stopped: what it gives later is not used.
 *
 * @throws LivesetError `timeout`, naming what took too long; whatever the code throws.
 */
export async function withinTime<T>(
  { clock, limits, log }: Pick<Runtime, "clock" | "limits" | "log">,
  what: string,
  work: () => T | Promise<T>,
): Promise<T> {
  const result = work();
  if (!isPromiseLike(result)) return result;
  let cancel = (): void => {};
  const tooLong = new Promise<never>((_, reject) => {
    cancel = clock.after(limits.operationTime, () => {
      log.error({ what, ms: limits.operationTime }, "took too long");
      reject(new LivesetError("timeout"));
    });
  });
  try {
    return await Promise.race([result, tooLong]);
  } finally {
    cancel();
  }
}
