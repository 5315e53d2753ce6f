import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";

/** A server program that runs. */
export interface RunningProgram {
  /** Ends it at once, as `kill -9` does, and resolves when it has ended. */
  kill(): Promise<void>;
  /** Stops it without ending it, or lets it go on: connections stay, answers do not come. */
  freeze(frozen: boolean): void;
}

/**
 * Starts a server program and waits until it accepts connections at a port of this machine.
 *
 * @throws Error with what it wrote, where it ends or does not listen within ten seconds
 */
export async function startProgram(
  path: string,
  args: readonly string[],
  port: number,
): Promise<RunningProgram> {
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let ended = false;
  const keep = (chunk: unknown): void => {
    output = (output + String(chunk)).slice(-4_000);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      keep(error);
      ended = true;
      resolve();
    });
    child.once("exit", () => {
      ended = true;
      resolve();
    });
  });
  // Whatever happens to this process, the program must not outlive it.
  const follow = (): void => void child.kill("SIGKILL");
  process.once("exit", follow);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
    process.off("exit", follow);
  };
  const begin = Date.now();
  while (!(await accepts(port))) {
    if (!ended && Date.now() - begin < 10_000) continue;
    await kill();
    throw new Error(`${path} does not listen at ${port}.\n${output}`);
  }
  return { kill, freeze: (frozen) => void child.kill(frozen ? "SIGSTOP" : "SIGCONT") };
}

/** A TCP port that nobody listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => setTimeout(() => resolve(false), 20));
  });
}
