import { median } from "./statistics.ts";

/**
 * Measures several ways of doing the same in turns, so that whatever slows the machine meets all of them. The first rounds
 * only warm up and are not counted.
 *
 * @param ways Each does the operation once; `n` counts up over all calls.
 * @returns how long one operation of each takes: the median over the rounds, in µs
 */
export async function compare<Way extends string>(
  ways: Readonly<Record<Way, (n: number) => Promise<void>>>,
  options: { readonly rounds: number; readonly operations: number },
): Promise<Readonly<Record<Way, number>>> {
  const names = Object.keys(ways) as Way[];
  const times = new Map<Way, number[]>(names.map((name) => [name, []]));
  const warmUp = Math.ceil(options.rounds / 4);
  let n = 0;
  for (let round = 0; round < options.rounds + warmUp; round++) {
    const begins = round % names.length;
    for (const name of [...names.slice(begins), ...names.slice(0, begins)]) {
      const begin = performance.now();
      for (let i = 0; i < options.operations; i++) await ways[name](n++);
      const time = ((performance.now() - begin) * 1000) / options.operations;
      if (round >= warmUp) times.get(name)?.push(time);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Way,
    number
  >;
}
