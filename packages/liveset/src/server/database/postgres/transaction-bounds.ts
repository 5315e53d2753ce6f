import { getHeapStatistics } from "node:v8";

/** The largest transaction that is told. Each is held in memory until all of it is there, since lists move by whole ones (P3). */
export interface TransactionBounds {
  /** Rows changed. */
  readonly rows: number;
  /** Bytes of the rows' texts, before and after; characters where they come in the stream. */
  readonly bytes: number;
}

/** A million rows of three short columns take about 500 MiB until they are told, and what is told some more. */
const most: TransactionBounds = { rows: 1_000_000, bytes: 256 * 2 ** 20 };
const heapForMost = 2 * 2 ** 30;

/** What a process with such a heap takes: less than the most where that is small. */
export function boundsFor(heap: number = getHeapStatistics().heap_size_limit): TransactionBounds {
  const share = Math.min(1, heap / heapForMost);
  return { rows: Math.floor(most.rows * share), bytes: Math.floor(most.bytes * share) };
}
