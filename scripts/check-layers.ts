import { join } from "node:path";
import { checkEdges, resolveImport } from "./layers/check-edges.ts";
import { findCycles } from "./layers/find-cycles.ts";
import { isTest } from "./layers/rules.ts";
import { readSources } from "./source/read-sources.ts";
import type { Source } from "./source/source.ts";

/** The most lines of code that a file may have. Tests may have more. */
export const maxCodeLines = 300;

/**
 * Checks the shape of the package: no forbidden import between layers, no import cycle (imports of types count), no file
 * that is too long.
 *
 * @param folder The package's `src`.
 * @returns the faults, one sentence each; empty where all is well.
 */
export function checkLayers(folder: string): string[] {
  const sources = readSources(folder);
  const graph = new Map(
    [...sources.values()].map((source): [string, string[]] => [
      source.path,
      relativeImports(source, sources),
    ]),
  );
  return [
    ...checkEdges(sources),
    ...findCycles(graph).map((cycle) => `import cycle: ${[...cycle, cycle[0]].join(" → ")}`),
    ...[...sources.values()]
      .filter(({ path, codeLines }) => codeLines > maxCodeLines && !isTest(path))
      .map(
        ({ path, codeLines }) =>
          `${path}:1 has ${codeLines} lines of code; at most ${maxCodeLines} are allowed.`,
      ),
  ];
}

function relativeImports(source: Source, sources: ReadonlyMap<string, Source>): string[] {
  return source.imports
    .map(({ specifier }) => specifier)
    .filter((specifier) => specifier?.startsWith("."))
    .map((specifier) => resolveImport(source.path, specifier ?? ""))
    .filter((target) => sources.has(target));
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(import.meta.dirname, "..", "packages", "liveset", "src");
  const faults = checkLayers(folder);
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? "Layers and cycles: none forbidden." : `${faults.length} faults.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
