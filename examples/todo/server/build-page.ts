import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = [
  "page",
  "vite.config.ts",
  "../../packages/liveset/src/client",
  "../../packages/liveset/src/core",
  "../../packages/liveset/src/store",
  "../../packages/liveset/src/vue",
];

/**
 * Builds the page with Vite where it was not built yet or something that it is made of is newer. Returns the folder.
 * It is built beside and then moved, so that two servers that start at once do no harm.
 */
export async function buildPage(): Promise<string> {
  const folder = join(root, "dist");
  if (isFresh(join(folder, "index.html"))) return folder;
  const { build } = await import("vite");
  const fresh = join(root, `dist-${process.pid}`);
  await build({
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: fresh, emptyOutDir: true },
  });
  const old = `${fresh}-old`;
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
  return folder;
}

function isFresh(built: string): boolean {
  return (
    existsSync(built) && sources.every((source) => newest(join(root, source)) <= statSync(built).mtimeMs)
  );
}

function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
