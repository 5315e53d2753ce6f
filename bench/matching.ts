import type { WireRow } from "../packages/liveset/src/core/json.ts";
import type { Columns } from "../packages/liveset/src/core/query/column-kind.ts";
import { compilePredicate } from "../packages/liveset/src/core/query/evaluate.ts";
import { indexKeys } from "../packages/liveset/src/core/query/index-key.ts";
import type { Predicate } from "../packages/liveset/src/core/query/predicate.ts";
import { Matcher } from "../packages/liveset/src/server/live/matcher.ts";
import type { Measurement } from "./measurement.ts";
import { median } from "./statistics.ts";

const columns: Columns = new Map([
  ["id", { name: "id", kind: "integer", nullable: false }],
  ["listId", { name: "listId", kind: "integer", nullable: false }],
  ["done", { name: "done", kind: "boolean", nullable: false }],
]);

type Test = (row: WireRow) => boolean;

/** The groups that a change of one row concerns, among groups with distinct equality filters, against asking each of them. */
export async function benchMatching(): Promise<readonly Measurement[]> {
  const sizes = [100, 1000, 10_000, 100_000, 1_000_000];
  const times = sizes.map(timeOf);
  const atThousand = times[1]?.indexed ?? Number.NaN;
  return sizes.map((size, index) => {
    const { indexed, scanned } = times[index] ?? { indexed: Number.NaN, scanned: Number.NaN };
    const kept = indexed <= 5 && indexed <= 2 * atThousand;
    return {
      what: `Matching one change among ${size.toLocaleString("en-US")} groups`,
      value: `${indexed.toFixed(2)} µs`,
      baseline: `${scanned.toFixed(0)} µs asking each group`,
      ratio: scanned / indexed,
      ...(size === 1_000_000 ? { budget: { text: "≤ 5 µs, ≤ 2 × that of 1,000", kept } } : {}),
    };
  });
}

function timeOf(size: number): { readonly indexed: number; readonly scanned: number } {
  const matcher = new Matcher<Test>();
  const all: Test[] = [];
  for (let listId = 0; listId < size; listId++) {
    const predicate = openTasksOf(listId);
    const test = compilePredicate(predicate, columns);
    matcher.add(test, indexKeys(predicate));
    all.push(test);
  }
  const changes = Array.from({ length: 4096 }, (_, n) => changeOf(n, size));
  const next = (n: number): RowChange => changes[n % changes.length] ?? changeOf(n, size);
  const indexed = (n: number): number => concerned(matcher.probe(next(n)), next(n));
  const scanned = (n: number): number => concerned(all, next(n));
  if (indexed(1) !== 1 || scanned(1) !== 1)
    throw new Error("The matcher finds other groups than asking each does.");
  return {
    indexed: time(indexed, 20_000),
    scanned: time(scanned, Math.max(3, Math.ceil(2_000_000 / size / 20))),
  };
}

function openTasksOf(listId: number): Predicate {
  return {
    op: "and",
    of: [
      { op: "compare", column: "listId", lookup: "exact", value: listId },
      { op: "compare", column: "done", lookup: "exact", value: false },
    ],
  };
}

interface RowChange {
  readonly table: string;
  readonly before: WireRow;
  readonly after: WireRow;
}

/** A task of one of the lists is done. */
function changeOf(n: number, size: number): RowChange {
  const row = { id: n, listId: (n * 7919) % size };
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
