import { type ChildProcess, fork } from "node:child_process";
import type { NodeArguments } from "./node-program.fixture.ts";

/** A node in a process of its own, at a port that stays the same. */
export class NodeProcess {
  readonly url: string;
  readonly #args: NodeArguments;
  #child: ChildProcess | null = null;
  /** What its processes wrote. */
  output = "";

  constructor(args: NodeArguments) {
    this.#args = args;
    this.url = `ws://127.0.0.1:${args.port}`;
  }

  /** Resolves when it serves; rejects where it ends instead. */
  async start(): Promise<void> {
    const { heap } = this.#args;
    const child = fork(new URL("./node-program.fixture.ts", import.meta.url), [JSON.stringify(this.#args)], {
      silent: true,
      execArgv: [
        "--conditions=liveset-source",
        ...(heap === undefined ? [] : [`--max-old-space-size=${heap}`]),
      ],
    });
    this.#child = child;
    const keep = (chunk: unknown): void => {
      this.output = (this.output + String(chunk)).slice(-20_000);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", (code, signal) =>
        reject(new Error(`A node ended with ${code ?? signal}.\n${this.output}`)),
      );
    });
  }

  /** Ends it at once, as a crash does. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}
