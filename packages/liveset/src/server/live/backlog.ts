import type { Cursor } from "../../core/change/cursor.ts";
import type { WireRow } from "../../core/json.ts";
import { getOrMake } from "./get-or-make.ts";
import type { GroupChanges } from "./group-changes.ts";
import { Net } from "./net.ts";
import { Run, type WaitingText } from "./run.ts";

/** How much waits for a connection. */
export interface Waiting {
  readonly frames: number;
  /** Of rows and frames, as JSON; what the socket has taken is not counted. */
  readonly bytes: number;
}

/** What waits for a slow reader, in runs. As many rows as its lists have changed, however often (P8). */
export class Backlog {
  readonly #measure: (row: WireRow) => number;
  #runs: Run[] = [];
  #changesBytes = 0;
  #textBytes = 0;

  /** @param measure the bytes of a row */
  constructor(measure: (row: WireRow) => number) {
    this.#measure = measure;
  }

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  /** Whether all that waits is one stretch without a frame that states a position. */
  get isOneRun(): boolean {
    return this.isEmpty || (this.#runs.length === 1 && this.#runs[0]?.sealed === false);
  }

  get bytes(): number {
    return this.#changesBytes + this.#textBytes;
  }

  /** The part that is changes of groups. */
  get changesBytes(): number {
    return this.#changesBytes;
  }

  get waiting(): Waiting {
    return { frames: this.#runs.reduce((sum, run) => sum + run.frames, 0), bytes: this.bytes };
  }

  /** @param keys names of the key's columns of the group's rows */
  changes(changes: GroupChanges, keys: readonly string[]): void {
    const { nets } = this.#openRun();
    const net = getOrMake(nets, changes.group, () => new Net(keys, this.#measure));
    const before = net.bytes;
    net.add(changes);
    this.#changesBytes += net.bytes - before;
  }

  commit(cursor: Cursor, mutations: readonly string[]): void {
    const run = this.#openRun();
    run.cursor = cursor;
    run.mutations.push(...mutations);
    if (run.pong !== null) run.pong = cursor;
  }

  pong(cursor: Cursor): void {
    this.#openRun().pong = cursor;
  }

  /** @param seals whether the frame states a position, so that no later change may come before it */
  text(text: string, group: number | null, seals: boolean): void {
    const run = seals ? this.#openRun() : this.#lastRun();
    run.texts.push({ text, group });
    run.sealed ||= seals;
    this.#textBytes += text.length;
  }

  /** Puts frames that state an earlier position before all that waits. */
  putFirst(texts: readonly WaitingText[]): void {
    const run = new Run();
    run.texts = [...texts];
    run.sealed = true;
    this.#runs.unshift(run);
    this.#textBytes += run.textBytes;
  }

  /** Drops what shows a group's rows. */
  drop(group: number): void {
    for (const run of this.#runs) {
      this.#uncount(run);
      run.drop(group);
      this.#changesBytes += run.changesBytes;
      this.#textBytes += run.textBytes;
    }
  }

  /** The group of which the most waits, null where nothing waits of any. */
  heaviest(): number | null {
    const sums = new Map<number, number>();
    for (const { nets } of this.#runs) {
      for (const [group, { bytes }] of nets) sums.set(group, (sums.get(group) ?? 0) + bytes);
    }
    const [first] = [...sums].sort(([, a], [, b]) => b - a);
    return first?.[0] ?? null;
  }

  /** Takes the oldest run out; undefined where there is none. */
  take(): Run | undefined {
    const run = this.#runs.shift();
    if (run !== undefined) this.#uncount(run);
    return run;
  }

  clear(): void {
    this.#runs = [];
    this.#changesBytes = 0;
    this.#textBytes = 0;
  }

  #uncount(run: Run): void {
    this.#changesBytes -= run.changesBytes;
    this.#textBytes -= run.textBytes;
  }

  #lastRun(): Run {
    return this.#runs.at(-1) ?? this.#newRun();
  }

  #openRun(): Run {
    const last = this.#lastRun();
    return last.sealed ? this.#newRun() : last;
  }

  #newRun(): Run {
    const run = new Run();
    this.#runs.push(run);
    return run;
  }
}
