import { LivesetError } from "../core/error/liveset-error.ts";
import type {
  ClusterLog,
  LogEnds,
  LogEntry,
  LogFollower,
  LogOptions,
  LogPlace,
} from "../server/cluster/cluster-log.ts";
import { followLog } from "../server/cluster/follow-log.ts";
import { Listeners } from "../server/cluster/listeners.ts";

/** Bounds of a `MemoryBroker`. */
export interface MemoryBrokerOptions {
  /** Entries that are kept at most. Default 100,000. */
  readonly count?: number;
  /** Bytes that one entry may have. Default 256 KiB. */
  readonly entryBytes?: number;
}

/**
 * A broker of this process's memory: the reference that others are held against, and what tests of several nodes in one process
 * share. `stop`, `start` and `lose` are what happens to brokers.
 *
 * @example
 * ```ts
 * import { MemoryBroker } from "liveset/testing";
 *
 * const broker = new MemoryBroker({ count: 1_000 });
 * const [one, two] = [broker.connect(), broker.connect()]; // a ClusterLog for each node
 * ```
 */
export class MemoryBroker {
  readonly entryBytes: number;
  readonly #count: number;
  readonly #listeners = new Listeners();
  readonly #waiting = new Set<() => void>();
  #epoch: string | null = null;
  #epochs = 0;
  #entries: LogEntry[] = [];
  #up = true;

  constructor({ count = 100_000, entryBytes = 256 * 1024 }: MemoryBrokerOptions = {}) {
    this.#count = count;
    this.entryBytes = entryBytes;
  }

  /** One node's log. */
  connect(): ClusterLog {
    return new MemoryLog(this);
  }

  /** It cannot be reached from now on. */
  stop(): void {
    this.#up = false;
    this.#wake();
  }

  /** It can be reached again, with the data that it had. */
  start(): void {
    this.#up = true;
    this.#listeners.missed();
  }

  /** It loses all data. */
  lose(): void {
    this.#epoch = null;
    this.#entries = [];
    this.#wake();
  }

  /** @throws LivesetError `unavailable` while it is stopped. */
  ensureUp(): void {
    if (!this.#up) throw new LivesetError("unavailable", { detail: "The broker cannot be reached." });
  }

  ends(): LogEnds | null {
    this.ensureUp();
    const [first, last] = [this.#entries.at(0), this.#entries.at(-1)];
    if (this.#epoch === null || first === undefined || last === undefined) return null;
    return { epoch: this.#epoch, first: first.place, last: last.place };
  }

  begin(text: string, instead: LogEnds | null): LogPlace | null {
    const now = this.ends();
    if (now?.epoch !== instead?.epoch || now?.last !== instead?.last) return null;
    this.#epoch = `memory${++this.#epochs}`;
    this.#entries = [{ place: (now?.last ?? 0) + 1, text }];
    this.#wake();
    return { epoch: this.#epoch, place: (now?.last ?? 0) + 1 };
  }

  append(texts: readonly string[], after: LogPlace): LogPlace | null {
    const now = this.ends();
    if (now === null || now.epoch !== after.epoch || now.last !== after.place) return null;
    this.#entries.push(...texts.map((text, i) => ({ place: now.last + i + 1, text })));
    this.#entries.splice(0, this.#entries.length - this.#count);
    this.#wake();
    return { epoch: after.epoch, place: now.last + texts.length };
  }

  read({ epoch, place }: LogPlace, limit: number): readonly LogEntry[] | null {
    const now = this.ends();
    if (now === null || now.epoch !== epoch || now.first > place + 1 || now.last < place) return null;
    return this.#entries.slice(place + 1 - now.first, place + 1 - now.first + limit);
  }

  send(message: string): void {
    this.ensureUp();
    queueMicrotask(() => this.#listeners.hear(message));
  }

  listen(listener: (message: string) => void, missed?: () => void): () => void {
    return this.#listeners.add(listener, missed);
  }

  /** Calls back once, when something happens. */
  onceChanged(callback: () => void): () => void {
    this.#waiting.add(callback);
    return () => void this.#waiting.delete(callback);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of waiting) callback();
  }
}

/** Entries that are read at a time. */
const batch = 1_000;

class MemoryLog implements ClusterLog {
  readonly #broker: MemoryBroker;
  readonly #ends = new Set<() => void>();
  #options: LogOptions | null = null;

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  get entryBytes(): number {
    return this.#broker.entryBytes;
  }

  async open(options: LogOptions): Promise<void> {
    this.#broker.ensureUp();
    this.#options = options;
  }

  async ends(): Promise<LogEnds | null> {
    return this.#broker.ends();
  }

  async begin(text: string, instead: LogEnds | null): Promise<LogPlace | null> {
    return this.#broker.begin(text, instead);
  }

  async append(texts: readonly string[], after: LogPlace): Promise<LogPlace | null> {
    return this.#broker.append(texts, after);
  }

  async read(after: LogPlace, limit: number): Promise<readonly LogEntry[] | null> {
    return this.#broker.read(after, limit);
  }

  follow(after: LogPlace, follower: LogFollower): () => void {
    const options = this.#options;
    if (options === null) throw new TypeError("The log is not open yet.");
    const source = memorySource(this.#broker, options);
    return this.#own(followLog({ ends: () => this.ends(), source, ...options }, after, follower));
  }

  async send(message: string): Promise<void> {
    this.#broker.send(message);
  }

  listen(listener: (message: string) => void, missed?: () => void): () => void {
    return this.#own(this.#broker.listen(listener, missed));
  }

  async close(): Promise<void> {
    for (const end of [...this.#ends]) end();
  }

  #own(end: () => void): () => void {
    const own = (): void => {
      this.#ends.delete(own);
      end();
    };
    this.#ends.add(own);
    return own;
  }
}

function memorySource(broker: MemoryBroker, { clock }: LogOptions) {
  let wake: () => void = () => {};
  return {
    pull: async (after: LogPlace): Promise<readonly LogEntry[]> => {
      const there = broker.read(after, batch) ?? [];
      if (there.length > 0) return there;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(1_000, resolve);
        const forget = broker.onceChanged(() => wake());
        wake = () => {
          cancel();
          forget();
          resolve();
        };
      });
      return broker.read(after, batch) ?? [];
    },
    end: () => wake(),
  };
}
