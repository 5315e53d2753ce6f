import { median } from "./statistics.ts";

/** How long one operation of each kind takes: medians over the rounds, in µs. */
export interface Comparison {
  readonly ours: number;
  readonly theirs: number;
}

/**
 * Measures two ways of doing the same in turns, so that whatever slows the machine meets both. The first rounds only
 * warm up and are not counted.
 *
 * @param ours Does the operation once; `n` counts up over all calls.
 */
export async function compare(
  ours: (n: number) => Promise<void>,
  theirs: (n: number) => Promise<void>,
  options: { readonly rounds: number; readonly operations: number },
): Promise<Comparison> {
  const warmUp = Math.ceil(options.rounds / 4);
  const times = { ours: [] as number[], theirs: [] as number[] };
  let n = 0;
  const round = async (operation: (n: number) => Promise<void>): Promise<number> => {
    const begin = performance.now();
    for (let i = 0; i < options.operations; i++) await operation(n++);
    return ((performance.now() - begin) * 1000) / options.operations;
  };
  for (let i = 0; i < options.rounds + warmUp; i++) {
    const pair =
      i % 2 === 0
        ? { ours: await round(ours), theirs: await round(theirs) }
        : await reversed(round, ours, theirs);
    if (i < warmUp) continue;
    times.ours.push(pair.ours);
    times.theirs.push(pair.theirs);
  }
  return { ours: median(times.ours), theirs: median(times.theirs) };
}

async function reversed(
  round: (operation: (n: number) => Promise<void>) => Promise<number>,
  ours: (n: number) => Promise<void>,
  theirs: (n: number) => Promise<void>,
): Promise<Comparison> {
  const second = await round(theirs);
  return { ours: await round(ours), theirs: second };
}
