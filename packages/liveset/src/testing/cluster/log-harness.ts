import type { ClusterLog, LogEntry, LogPlace } from "../../server/cluster/cluster-log.ts";
import { systemClock } from "../../server/system-clock.ts";
import { quiet } from "../database/quiet.ts";

/** A broker under test, of its own for each case. */
export interface LogHarness {
  /** Another node's log in the broker, not opened. `count`: the entries that are kept at most; the same for all of a case. */
  connect(options?: { readonly count?: number }): ClusterLog;
  /** Ends the broker at once, as a crash does. What was appended may be lost, if `lose` is called before it starts. */
  stop(): Promise<void>;
  /** Starts the broker that was stopped, at the same address. */
  start(): Promise<void>;
  /** Removes the data of a broker that is stopped. */
  lose(): Promise<void>;
  /** Removes everything. Logs are closed before. */
  remove(): Promise<void>;
}

/** What a case is given. */
export interface LogCaseContext {
  readonly harness: LogHarness;
  /** An open log, closed after the case. */
  open(options?: { readonly count?: number }): Promise<ClusterLog>;
}

/** One requirement of a `ClusterLog`. Rejects where it is not met. */
export interface LogCase {
  readonly title: string;
  readonly run: (context: LogCaseContext) => Promise<void>;
}

/** What a follower was told. */
export interface Heard {
  readonly texts: string[];
  readonly entries: LogEntry[];
  live: boolean;
  lost: number;
  stop(): void;
}

/** Follows and keeps what it is told. */
export function hear(log: ClusterLog, after: LogPlace): Heard {
  const heard: Heard = { texts: [], entries: [], live: false, lost: 0, stop: () => {} };
  heard.stop = log.follow(after, {
    entry: (entry) => {
      heard.entries.push(entry);
      heard.texts.push(entry.text);
    },
    lost: () => heard.lost++,
    live: (live) => {
      heard.live = live;
    },
  });
  return heard;
}

/** Begins a log where there is none. */
export async function beginLog(log: ClusterLog, text = "base"): Promise<LogPlace> {
  const place = await log.begin(text, await log.ends());
  if (place === null) throw new Error("Somebody else began the log.");
  return place;
}

/** Appends, which must succeed. */
export async function appendAll(
  log: ClusterLog,
  after: LogPlace,
  ...texts: readonly string[]
): Promise<LogPlace> {
  const place = await log.append(texts, after);
  if (place === null) throw new Error(`Nothing was appended after ${after.place}.`);
  return place;
}

/** Calls until it does not throw; after ten seconds throws as it does. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() - begin > 10_000) throw error;
    }
    await new Promise<void>((resolve) => systemClock.after(50, resolve));
  }
}

/** Opens a log of the harness. */
export async function openLog(
  harness: LogHarness,
  options?: { readonly count?: number },
): Promise<ClusterLog> {
  const log = harness.connect(options);
  await log.open({ log: quiet, clock: systemClock });
  return log;
}
