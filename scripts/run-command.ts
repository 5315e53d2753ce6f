import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

/** The repository's root. */
export const root: string = join(import.meta.dirname, "..");

/** How a command ended, and all that it printed on both streams in the order of its coming. */
export interface CommandResult {
  readonly ok: boolean;
  readonly output: string;
  /** Wall time in seconds. */
  readonly seconds: number;
}

/**
 * Runs a command of the repository, such as `tsc` or `npm`, to its end. Installed tools come first on the path, as in npm
 * scripts. A command that cannot be started at all is a failed one.
 */
export function runCommand(
  command: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CommandResult> {
  const begin = performance.now();
  const PATH = [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const [file, ...parameters] = command;
  const child = spawn(file, parameters, {
    cwd: options.cwd ?? root,
    env: { ...process.env, PATH, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (ok: boolean, remark = ""): void =>
      resolve({
        ok,
        output: Buffer.concat(chunks).toString() + remark,
        seconds: (performance.now() - begin) / 1000,
      });
    child.on("error", (error) => end(false, `${file}: ${error.message}\n`));
    child.on("close", (code, signal) => end(code === 0, signal === null ? "" : `Ended by ${signal}.\n`));
  });
}
