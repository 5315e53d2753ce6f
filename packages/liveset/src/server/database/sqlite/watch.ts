import type { SqliteFeed } from "../../feed/sqlite-feed.ts";
import type { Log } from "../../log.ts";
import { prune } from "./prune.ts";
import type { Readers } from "./readers.ts";
import type { Writer } from "./writer.ts";

/** Between two looks at the log for other processes' commits, in ms. */
const lookEvery = 20;

/** Between two prunings where little is written, in ms. */
const pruneEvery = 60_000;

/** What `watch` works with. `count` and `age` are how much of the log stays. */
export interface WatchParts {
  readonly feed: SqliteFeed;
  readonly readers: Readers;
  readonly writer: Writer;
  readonly log: Log;
  readonly count: number;
  readonly age: number;
}

/** Looks for other processes' commits and prunes the log from time to time, until the returned function is called. */
export function watch(parts: WatchParts): () => void {
  const { feed, readers, log } = parts;
  const pruner = makePruner(parts);
  let failing = false;
  const look = (): void => {
    try {
      feed.drain(readers.shared);
      failing = false;
    } catch (error) {
      if (!failing) log.error({ err: error }, "the log of changes cannot be read");
      failing = true;
    }
    pruner();
  };
  const timer = setInterval(look, lookEvery);
  timer.unref();
  return () => clearInterval(timer);
}

/** Prunes when due: at the start, after enough rows, after enough time. The newest rows are given to listeners first. */
function makePruner({ feed, writer, log, count, age }: WatchParts): () => void {
  const enough = Math.min(1_000, count);
  let prunedAt = Number.NEGATIVE_INFINITY;
  let prunedSeq = feed.seq;
  let running = false;
  const pruneNow = async (): Promise<void> => {
    running = true;
    const { seq } = feed;
    try {
      const more = await writer.transact(({ connection }) => {
        feed.drain(connection);
        return prune(connection, { count, age, now: Date.now() });
      });
      prunedAt = more ? Number.NEGATIVE_INFINITY : Date.now();
    } catch (error) {
      log.warn({ err: error }, "the log of changes could not be pruned");
      prunedAt = Date.now();
    }
    prunedSeq = seq;
    running = false;
  };
  return () => {
    const due = feed.seq - prunedSeq >= enough || Date.now() - prunedAt >= Math.min(pruneEvery, age);
    if (due && !running) void pruneNow();
  };
}
