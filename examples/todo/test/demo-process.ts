import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

/** A demo that runs as its own process, on a free port and with a database of its own. */
export interface Demo {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly file: string;
  /** What the process has printed. */
  readonly output: string;
  /** Ends the process, and waits until it has gone. Resolves to its exit code, null after a signal that it did not handle. */
  stop(signal?: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

/** What a demo may be given. */
export interface DemoOptions {
  readonly port?: number;
  /** The folder of the database. Default: a new one. */
  readonly folder?: string;
  readonly args?: readonly string[];
  /** Whether it is not told of the tests' PostgreSQL server. */
  readonly ownPostgres?: boolean;
}

/** Starts the demo and waits until it says that it runs. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "todo-demo-")));
  const args = ["--data", folder, ...(options.args ?? [])];
  const child = spawnDemo(options.port ?? 0, args, folder, options.ownPostgres ? { DATABASE_URL: "" } : {});
  const closed = once(child, "close");
  const output = await firstOutput(child);
  const url = /runs at (http:\S+)/.exec(output)?.[1] ?? "";
  return {
    url,
    port: Number(new URL(url).port),
    folder,
    file: join(folder, "todo.db"),
    output,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const [code] = await closed;
      return code;
    },
  };
}

/** Starts a demo that is not to come up, and resolves to how it ended. */
export async function failDemo(
  port: number | string,
  args: readonly string[],
): Promise<{ code: number; stderr: string }> {
  const child = spawnDemo(port, args, root);
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, "close");
  return { code, stderr };
}

/** Runs SQL on the file from another process, as a person at a terminal does. */
export async function sqlFromElsewhere(file: string, sql: string): Promise<void> {
  const script = "new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec(process.argv[2])";
  await run(process.execPath, ["-e", script, file, sql]);
}

/** Removes what a demo left behind. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function spawnDemo(
  port: number | string,
  args: readonly string[],
  folder: string,
  more: NodeJS.ProcessEnv = {},
): ChildProcess {
  const env = { ...process.env, PORT: String(port), INIT_CWD: folder, ...more };
  return spawn(process.execPath, ["--conditions=liveset-source", "server.ts", ...args], { cwd: root, env });
}

async function firstOutput(child: ChildProcess): Promise<string> {
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const failed = once(child, "close").then(([code]) => {
    throw new Error(`The demo ended with ${code}.\n${errors}`);
  });
  const greeted = new Promise<string>((resolve) => {
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      if (output.includes("Stop it with")) resolve(output);
    });
  });
  // The process ends some time after it has greeted, which is then no failure any more.
  failed.catch(() => {});
  return Promise.race([greeted, failed]);
}
