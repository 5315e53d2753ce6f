import { type ChildProcess, spawn } from "node:child_process";

/** A running TypeScript file. */
export interface Program {
  /** Resolves when all that was printed so far fits the pattern. */
  printed(pattern: RegExp): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a TypeScript file with this Node. */
export function startProgram(folder: string, file: string): Program {
  const child: ChildProcess = spawn(process.execPath, [file], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  let ended = false;
  let changed = (): void => {};
  const note = (chunk: Buffer): void => {
    text += chunk;
    changed();
  };
  child.stdout?.on("data", note);
  child.stderr?.on("data", note);
  const exit = new Promise<void>((resolve) =>
    child.on("exit", () => {
      ended = true;
      changed();
      resolve();
    }),
  );
  return {
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void =>
          reject(new Error(`${file} ${why} ${pattern}. It printed:\n${text}`));
        const timer = setTimeout(() => fail("did not print within 20 s"), 20_000);
        changed = () => {
          if (pattern.test(text)) resolve();
          else if (ended) fail("ended before it printed");
          else return;
          clearTimeout(timer);
        };
        changed();
      }),
    stop: () => {
      child.kill();
      return exit;
    },
  };
}
