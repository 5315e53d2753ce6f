import type { Change } from "../packages/liveset/src/core/change/change.ts";
import type { WireRow } from "../packages/liveset/src/core/json.ts";
import type { Columns } from "../packages/liveset/src/core/query/column-kind.ts";
import { columnsOf } from "../packages/liveset/src/core/query/columns-of.ts";
import { compilePredicate } from "../packages/liveset/src/core/query/evaluate.ts";
import type { Predicate } from "../packages/liveset/src/core/query/predicate.ts";
import { type Filing, Matcher } from "../packages/liveset/src/server/live/matcher/matcher.ts";
import type { Measurement } from "./measurement.ts";
import { count, median } from "./statistics.ts";

const columns: Columns = new Map([
  ["id", { name: "id", kind: "integer", nullable: false }],
  ["listId", { name: "listId", kind: "integer", nullable: false }],
  ["due", { name: "due", kind: "integer", nullable: false }],
  ["done", { name: "done", kind: "boolean", nullable: false }],
]);

type Test = (row: WireRow) => boolean;

/** A kind of group, of which there are as many different ones as asked for. */
interface Shape {
  readonly name: string;
  predicate(n: number): Predicate;
}

const equality: Shape = {
  name: "groups",
  predicate: (n) => openAnd({ op: "compare", column: "listId", lookup: "exact", value: n }),
};

const range: Shape = {
  name: "distinct ranges",
  predicate: (n) =>
    openAnd(
      { op: "compare", column: "due", lookup: "gte", value: 10 * n },
      { op: "compare", column: "due", lookup: "lt", value: 10 * n + 10 },
    ),
};

interface Times {
  /** µs for one change: finding candidates; finding and asking them; asking every group. */
  readonly probed: number;
  readonly indexed: number;
  readonly scanned: number;
  /** µs to file one more group and to remove it. */
  readonly filed: number;
  /** Bytes that one more group takes in the matcher, its own test left out. */
  readonly bytes: number;
}

/** The groups that a change of one row concerns, found by the matcher, against asking each of them. */
export async function benchMatching(): Promise<readonly Measurement[]> {
  const equal = linesOf(equality, [100, 1000, 10_000, 100_000, 1_000_000], {
    size: 1_000_000,
    most: 5,
    text: "≤ 5 µs, ≤ 2 × that of 1,000",
    times: 2,
  });
  const ranges = linesOf(range, [1000, 100_000], {
    size: 100_000,
    most: 20,
    text: "≤ 20 µs",
    times: Number.POSITIVE_INFINITY,
  });
  return [...equal, ...ranges];
}

interface Budget {
  readonly size: number;
  /** µs. */
  readonly most: number;
  /** At most so many times the time among 1,000. */
  readonly times: number;
  readonly text: string;
}

function linesOf(
  shape: Shape,
  sizes: readonly number[],
  { size: large, most, times, text }: Budget,
): Measurement[] {
  const measured = sizes.map((size) => [size, timesOf(shape, size)] as const);
  const atThousand = measured.find(([size]) => size === 1000)?.[1];
  return measured.map(([size, { probed, indexed, scanned, filed, bytes }]) => {
    const slower = probed / (atThousand?.probed ?? Number.NaN);
    return {
      what: `Matching one change among ${count(size)} ${shape.name}`,
      value: [
        `${probed.toFixed(2)} µs (${slower.toFixed(2)} × that of 1,000)`,
        `${indexed.toFixed(2)} µs with asking the candidates`,
        `${filed.toFixed(1)} µs to file and remove one`,
        `${count(bytes)} bytes a group`,
      ].join("; "),
      baseline: `${count(scanned)} µs asking each group`,
      ratio: scanned / indexed,
      ...(size === large ? { budget: { text, kept: probed <= most && slower <= times } } : {}),
    };
  });
}

function timesOf(shape: Shape, size: number): Times {
  const tests = Array.from({ length: size }, (_, n) => compilePredicate(shape.predicate(n), columns));
  const before = heapUsed();
  const matcher = new Matcher<Test>(columns);
  for (const [n, test] of tests.entries()) matcher.add(test, filingOf(shape, n));
  const bytes = (heapUsed() - before) / size;
  const changes = Array.from({ length: 4096 }, (_, n) => changeOf(n, size));
  const next = (n: number): RowChange => changes[n % changes.length] ?? changeOf(n, size);
  const probed = (n: number): number => matcher.probe(next(n)).length;
  const indexed = (n: number): number => concerned(matcher.probe(next(n)), next(n));
  const scanned = (n: number): number => concerned(tests, next(n));
  if (probed(1) !== 1 || indexed(1) !== 1 || scanned(1) !== 1)
    throw new Error("The matcher finds other groups than asking each does.");
  const filings = Array.from({ length: 4096 }, (_, n) => filingOf(shape, size + n));
  const filed = (n: number): number => {
    const one = matcher.add(never, filings[n % filings.length] ?? filingOf(shape, size + n));
    matcher.remove(one);
    return n;
  };
  return {
    probed: time(probed, 20_000),
    indexed: time(indexed, 20_000),
    scanned: time(scanned, Math.max(3, Math.ceil(2_000_000 / size / 20))),
    filed: time(filed, 20_000),
    bytes,
  };
}

const never: Test = () => false;

function filingOf(shape: Shape, n: number): Filing {
  const predicate = shape.predicate(n);
  return { predicate, reads: columnsOf(predicate) };
}

/** Bytes on the heap after a collection; NaN where the process cannot be asked for one (`--expose-gc`). */
function heapUsed(): number {
  if (globalThis.gc === undefined) return Number.NaN;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function openAnd(...of: readonly Predicate[]): Predicate {
  return { op: "and", of: [...of, { op: "compare", column: "done", lookup: "exact", value: false }] };
}

interface RowChange extends Change {
  readonly before: WireRow;
  readonly after: WireRow;
}

/** A task of one of the lists is done. */
function changeOf(n: number, size: number): RowChange {
  const listId = (n * 7919) % size;
  const row = { id: n, listId, due: 10 * listId + (n % 10) };
  return { table: "tasks", before: { ...row, done: false }, after: { ...row, done: true } };
}

/** How many of the groups have a transition. */
function concerned(groups: Iterable<Test>, { before, after }: RowChange): number {
  let found = 0;
  for (const test of groups) if (test(before) !== test(after)) found++;
  return found;
}

/** Median time of one call in µs, over rounds after a warm one. */
function time(work: (n: number) => number, calls: number): number {
  const rounds: number[] = [];
  for (let round = 0; round < 8; round++) {
    const begin = performance.now();
    for (let n = 0; n < calls; n++) work(n);
    rounds.push(((performance.now() - begin) * 1000) / calls);
  }
  return median(rounds.slice(2));
}
