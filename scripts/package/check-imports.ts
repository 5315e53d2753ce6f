import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { runCommand } from "../run-command.ts";
import { parseSource } from "../source/parse-source.ts";

/** Entry points that run in browsers, and the packages that they may bring along. */
const browserEntries: Readonly<Record<string, readonly string[]>> = {
  "./client": [],
  "./vue": ["vue"],
  "./pinia": ["vue", "pinia"],
  "./vuex": ["vue"],
  "./react": ["react"],
  "./angular": ["@angular/core"],
  "./ngrx": ["@angular/core", "@ngrx/signals"],
  "./solid": ["solid-js", "solid-js/store"],
  "./svelte": ["svelte", "svelte/reactivity"],
  "./tanstack-db": ["@tanstack/db"],
};

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

/**
 * Imports every subpath of an installed liveset in Node, and follows the modules of those for browsers.
 *
 * @param folder Where liveset is installed.
 * @returns what is wrong, one sentence each.
 */
export async function checkImports(folder: string): Promise<string[]> {
  const installed = join(folder, "node_modules", "liveset");
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Manifest;
  const faults: string[] = [];
  for (const [subpath, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    const specifier = posix.join("liveset", subpath);
    const code = `const names = Object.keys(await import(${JSON.stringify(specifier)})); if (names.length === 0) throw new Error("exports nothing");`;
    const command = [process.execPath, "--input-type=module", "--eval", code] as const;
    const { ok, output } = await runCommand(command, { cwd: folder });
    if (!ok) faults.push(`import of ${specifier} failed.\n${output}`);
    const allowed = browserEntries[subpath];
    if (allowed === undefined) continue;
    const foreign = packagesReached(installed, posix.normalize(target.default)).filter(
      (name) => !allowed.includes(name),
    );
    if (foreign.length > 0) faults.push(`${specifier} imports ${foreign.join(", ")}.`);
  }
  return faults;
}

/** The packages that a built module imports, itself or through others. */
function packagesReached(installed: string, entry: string): string[] {
  const found = new Set<string>();
  const queue = [entry];
  for (const path of queue) {
    for (const { specifier } of parseSource(path, readFileSync(join(installed, path), "utf8")).imports) {
      if (specifier === null || !specifier.startsWith(".")) found.add(specifier ?? "something unknown");
      else {
        const next = posix.join(posix.dirname(path), specifier);
        if (!queue.includes(next)) queue.push(next);
      }
    }
  }
  return [...found];
}
