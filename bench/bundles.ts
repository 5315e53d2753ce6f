import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { budgets, sizeOf as subpathSizeOf } from "../scripts/check-size.ts";
import { bundle } from "./bundle.ts";
import type { Measurement } from "./measurement.ts";
import { kib } from "./statistics.ts";

/** What everybody's page has anyway. */
const frameworks = [/^react($|\/)/, /^react-dom($|\/)/];

const others = {
  "TanStack Query": "tanstack-query",
  "TanStack DB": "tanstack-db",
  "Apollo Client": "apollo",
};
const ours = {
  "liveset/client and liveset/react": "liveset",
  "the same with liveset/store": "liveset-store",
  "the same with liveset/tanstack-db": "liveset-tanstack-db",
};

async function sizeOf(entry: string): Promise<number> {
  const code = await bundle(fileURLToPath(new URL(`entries/${entry}.ts`, import.meta.url)), frameworks);
  return gzipSync(code, { level: 9 }).length;
}

/** What a page downloads for reading a list and writing a row, minified and gzipped, React left aside. */
export async function benchBundles(): Promise<readonly Measurement[]> {
  const lines: Measurement[] = [];
  const query = await sizeOf(others["TanStack Query"]);
  for (const budget of budgets) {
    const size = await subpathSizeOf(budget);
    lines.push({
      what: `Download: ${budget.name} by itself, what it shares with liveset/client left aside`,
      value: kib(size),
      baseline: `${kib(query)} TanStack Query with its React binding`,
      ratio: query / size,
      budget: { text: `≤ ${kib(budget.limit)}`, kept: size <= budget.limit },
    });
  }
  for (const [name, entry] of Object.entries(ours)) {
    const own = await sizeOf(entry);
    for (const [other, otherEntry] of Object.entries(others)) {
      const size = await sizeOf(otherEntry);
      lines.push({
        what: `Download: ${name}`,
        value: kib(own),
        baseline: `${kib(size)} ${other}`,
        ratio: size / own,
      });
    }
  }
  return lines;
}
