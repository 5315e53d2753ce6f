import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

/** A script of this folder in a process of its own, spoken to by messages. */
export interface Child<Up, Down> {
  send(message: Down): void;
  /** The next message; rejects where the process ends instead. */
  next(): Promise<Up>;
  stop(): void;
}

export function startChild<Up, Down>(script: string, args: readonly string[]): Child<Up, Down> {
  const child: ChildProcess = fork(join(import.meta.dirname, script), args);
  const messages: Up[] = [];
  let wanted: { resolve(message: Up): void; reject(error: Error): void } | null = null;
  child.on("message", (message) => {
    if (wanted === null) messages.push(message as Up);
    else wanted.resolve(message as Up);
    wanted = null;
  });
  child.on("exit", (code) => wanted?.reject(new Error(`${script} ended with ${code}.`)));
  return {
    send: (message) => void child.send(message as object),
    next: () =>
      new Promise((resolve, reject) => {
        const message = messages.shift();
        if (message !== undefined) resolve(message);
        else if (child.exitCode !== null) reject(new Error(`${script} ended with ${child.exitCode}.`));
        else wanted = { resolve, reject };
      }),
    stop: () => void child.kill(),
  };
}

/** Nanoseconds on the clock that all processes of a machine share, as milliseconds. */
export function sharedClock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
