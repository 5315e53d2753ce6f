import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { findBrowser, howToInstallBrowser } from "../scripts/find-browser.ts";
import { bundle } from "./bundle.ts";
import type { Measurement } from "./measurement.ts";
import type { BenchPage, ContestantName, FrameworkName } from "./page/main.ts";
import { count, median, ms } from "./statistics.ts";

const others: readonly ContestantName[] = ["by hand", "TanStack DB", "NgRX SignalStore"];

/** Of a long list a page shows a part, as one that scrolls does. */
const cases = [
  { rows: 10_000, shown: 1_000, changes: 50, runs: 3 },
  { rows: 100_000, shown: 100, changes: 50, runs: 1 },
] as const;

interface Times {
  readonly load: number;
  readonly change: number;
  /** MiB that the rows and what holds them take, after a collection of garbage. */
  readonly memory: number;
}

/** Stores in a real Chromium: rows loaded, and one row changed, until what a framework shows is right; and their memory. */
export async function benchPages(framework: FrameworkName): Promise<readonly Measurement[]> {
  const found = await findBrowser();
  if (found === null) throw new Error(howToInstallBrowser);
  const code = await bundle(fileURLToPath(new URL("page/main.ts", import.meta.url)));
  const browser = await chromium.launch(found);
  try {
    const lines: Measurement[] = [];
    for (const one of cases) lines.push(...(await linesOf(browser, code, framework, one)));
    return lines;
  } finally {
    await browser.close();
  }
}

async function linesOf(
  browser: Browser,
  code: string,
  framework: FrameworkName,
  one: (typeof cases)[number],
): Promise<Measurement[]> {
  const own: Times[] = [];
  const theirs = new Map<ContestantName, Times[]>(others.map((name) => [name, []]));
  // In turns, so that whatever slows the machine meets all of them.
  for (let run = 0; run < one.runs; run++) {
    own.push(await timesOf(browser, code, "liveset", framework, one));
    for (const name of others) theirs.get(name)?.push(await timesOf(browser, code, name, framework, one));
  }
  const ourTimes = medians(own);
  const list = `${framework}, ${count(one.rows)} rows, ${count(one.shown)} shown`;
  return others.flatMap((name): Measurement[] => {
    const times = medians(theirs.get(name) ?? []);
    const line = (what: string, part: keyof Times, unit: (value: number) => string): Measurement => ({
      what: `${list}: ${what}`,
      value: unit(ourTimes[part]),
      baseline: `${unit(times[part])} ${name}`,
      ratio: times[part] / ourTimes[part],
    });
    return [
      line("loaded until rendered", "load", ms),
      line("one row changed until rendered", "change", ms),
      line("memory", "memory", (value) => `${value.toFixed(1)} MiB`),
    ];
  });
}

async function timesOf(
  browser: Browser,
  code: string,
  name: ContestantName,
  framework: FrameworkName,
  { rows, shown, changes }: (typeof cases)[number],
): Promise<Times> {
  const page = await browser.newPage();
  try {
    await page.setContent("<!doctype html><title>bench</title>");
    await page.evaluate(code);
    const session = await page.context().newCDPSession(page);
    const used = async (): Promise<number> => {
      await session.send("HeapProfiler.collectGarbage");
      return (await session.send("Runtime.getHeapUsage")).usedSize / 2 ** 20;
    };
    await page.evaluate((args) => bench.mount(...args), [name, framework, shown] as const);
    const before = await used();
    const load = await page.evaluate((many) => bench.load(many), rows);
    const memory = (await used()) - before;
    const change = await page.evaluate((rounds) => bench.change(rounds), changes);
    return { load, change, memory };
  } finally {
    await page.close();
  }
}

function medians(times: readonly Times[]): Times {
  const of = (part: keyof Times): number => median(times.map((one) => one[part]));
  return { load: of("load"), change: of("change"), memory: of("memory") };
}

declare global {
  /** In the page. */
  var bench: BenchPage;
}
