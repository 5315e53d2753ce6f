import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { parseSource } from "./parse-source.ts";
import type { Source } from "./source.ts";

/**
 * All TypeScript modules, and components of Vue and Svelte, under a folder, by path. Installed and built ones are left out.
 *
 * @throws Error where the folder does not exist or holds none, so that a check never passes for having looked at nothing.
 */
export function readSources(folder: string): ReadonlyMap<string, Source> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => /\.(ts|mts|vue|svelte)$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path))
    .sort();
  if (paths.length === 0) throw new Error(`${folder} has no TypeScript in it.`);
  return new Map(
    paths.map((path): [string, Source] => [
      path,
      parseSource(path, readFileSync(join(folder, path), "utf8")),
    ]),
  );
}
