import type { Log } from "../log.ts";

/**
 * Closes at the first of the signals and then ends the process, unless others listen for that signal too: then the
 * process is theirs to end. A second signal ends it at once.
 *
 * @returns a function that takes the listeners away
 */
export function onSignals(
  signals: readonly NodeJS.Signals[],
  log: Log,
  close: () => Promise<void>,
): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    release();
    log.info({ signal }, "stopping");
    close().then(
      () => leave(signal, 0),
      (fault) => {
        log.error({ err: fault }, "stopping failed");
        leave(signal, 1);
      },
    );
  };
  const release = (): void => {
    for (const signal of signals) process.off(signal, stop);
  };
  for (const signal of signals) process.on(signal, stop);
  return release;
}

function leave(signal: NodeJS.Signals, code: number): void {
  if (process.listenerCount(signal) === 0) process.exit(code);
}
