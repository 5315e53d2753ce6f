import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { protocolName } from "../../core/protocol/name.ts";

/** A process that serves a file until it is told to stop; its address and what it wrote. */
async function start(): Promise<{ child: ChildProcess; url: string; output: () => string }> {
  const folder = mkdtempSync(join(tmpdir(), "serve-"));
  const module = new URL("./serve-until-signal.fixture.ts", import.meta.url);
  const child = fork(module, [join(folder, "things.db")], {
    silent: true,
    execArgv: ["--conditions=liveset-source"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += String(chunk);
  });
  child.stderr?.on("data", (chunk) => {
    text += String(chunk);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once("message", (message) => resolve(String(message)));
    child.once("exit", () => reject(new Error(text)));
  });
  return { child, url, output: () => text };
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s closes sockets with 1001 and ends the process",
  async (signal) => {
    const { child, url, output } = await start();
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws/`, protocolName);
    await new Promise((resolve) => {
      socket.once("message", resolve);
    });
    const closed = new Promise((resolve) => {
      socket.once("close", resolve);
    });
    const exited = new Promise((resolve) => {
      child.once("exit", (code) => resolve(code));
    });
    child.kill(signal);
    expect(await closed).toBe(1001);
    expect(await exited).toBe(0);
    const lines = output()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { msg: string });
    expect(lines.map(({ msg }) => msg).slice(-4), output()).toEqual([
      "listening",
      "socket opened",
      "stopping",
      "socket closed",
    ]);
  },
);
