import type { LiveHandle } from "../client/live-handle.ts";
import { LivesetError } from "../core/error/liveset-error.ts";

/**
 * Waits for an answer, through everything that will pass by itself: a line that is down, a server that is not ready.
 *
 * @throws LivesetError when the query is refused for good; `released` when a signal aborts before.
 */
export function answered(handle: LiveHandle<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let unsubscribe = (): void => {};
    const end = (settle: () => void): void => {
      unsubscribe();
      signal.removeEventListener("abort", abort);
      settle();
    };
    const abort = (): void => end(() => reject(new LivesetError("released")));
    const check = (): void => {
      const { status, error } = handle.getSnapshot();
      if (status === "success") end(resolve);
      else if (status === "error" && error?.retry === false) end(() => reject(error));
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    unsubscribe = handle.subscribe(check);
    check();
  });
}
