import { execFile } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "./pages.ts";

const run = promisify(execFile);
const vite = fileURLToPath(new URL("bin/vite.js", import.meta.resolve("vite/package.json")));

/**
 * Builds a page with Vite where it was not built yet or something that it is made of is newer. Returns the folder.
 * It is built in a process of its own, so that the server does not carry the bundler along, and beside and then moved, so that two servers that start at once do no harm.
 */
export async function buildPage({ root, sources }: Page): Promise<string> {
  const folder = join(root, "dist");
  const parts = sources.map((source) => join(root, source));
  if (isFresh(join(folder, "index.html"), parts)) return folder;
  const fresh = join(root, "node_modules", ".cache", `page-${process.pid}`);
  await run(process.execPath, [vite, "build", "--outDir", fresh, "--logLevel", "warn"], { cwd: root });
  const old = `${fresh}-old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
  return folder;
}

function isFresh(built: string, parts: readonly string[]): boolean {
  return existsSync(built) && parts.every((part) => newest(part) <= statSync(built).mtimeMs);
}

function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
