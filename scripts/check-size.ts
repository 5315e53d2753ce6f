import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

/** What a browser downloads for one subpath, and how much it may be. */
export interface Budget {
  readonly name: string;
  /** The file that is bundled, from the root of the repository. */
  readonly entry: string;
  /** Imports that are not counted: the user's page has them anyway, or they have a budget of their own. */
  readonly external: readonly RegExp[];
  /** Bytes, minified and gzipped. */
  readonly limit: number;
}

const source = "packages/liveset/src";

export const budgets: readonly Budget[] = [
  { name: "liveset/client", entry: `${source}/client/index.ts`, external: [], limit: 12 * 1024 },
  { name: "liveset/store", entry: `${source}/store/index.ts`, external: [], limit: 18 * 1024 },
  binding("vue", /^vue$/),
  binding("pinia", /^vue$/, /^pinia$/),
  binding("vuex", /^vue$/),
  binding("react", /^react$/),
  binding("angular", /^@angular\//),
  binding("ngrx", /^@(angular|ngrx)\//, /\/src\/angular\//),
  binding("solid", /^solid-js/),
  binding("svelte", /^svelte/),
  // An adapter and no binding, it has no budget of the design.
  { ...binding("tanstack-db", /^@tanstack\/db$/), limit: 4 * 1024 },
];

/** A framework's binding. What it shares with the client is the client's. */
function binding(folder: string, ...framework: RegExp[]): Budget {
  return {
    name: `liveset/${folder}`,
    entry: `${source}/${folder}/index.ts`,
    external: [...framework, /\/client\//, /\/core\//, /\/store\//],
    limit: 2 * 1024,
  };
}

/** Bytes of a subpath, bundled, minified and gzipped. */
export async function sizeOf({ entry, external }: Budget): Promise<number> {
  const bundle = await rolldown({
    input: new URL(`../${entry}`, import.meta.url).pathname,
    external: [...external],
    platform: "browser",
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  const code = output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
  return gzipSync(code, { level: 9 }).length;
}

if (import.meta.main) {
  let good = true;
  for (const budget of budgets) {
    const size = await sizeOf(budget);
    good &&= size <= budget.limit;
    const verdict = size <= budget.limit ? "within" : "ABOVE";
    console.log(`${budget.name}: ${size} bytes min + gzip, ${verdict} its budget of ${budget.limit}`);
  }
  if (!good) process.exitCode = 1;
}
