import type { Clock } from "../../core/clock.ts";
import type { Log } from "../log.ts";
import type { ClusterLog, LogEntry, LogFollower, LogPlace } from "./cluster-log.ts";

/** Where a follower's entries come from: one for each follower, so that it may wait on a connection of its own. */
export interface EntrySource {
  /**
   * The entries that follow a place, as many as are there at once; waits for some for about a second, then gives none.
   * @throws where the broker is gone
   */
  pull(after: LogPlace): Promise<readonly LogEntry[]>;
  /** Ends a `pull` that waits, and what it waits on. */
  end(): void;
}

/** What following works with. */
export interface FollowParts {
  readonly ends: ClusterLog["ends"];
  readonly source: EntrySource;
  readonly log: Log;
  readonly clock: Clock;
}

/** Before the next attempt at a broker that is gone, in ms: the first time, and at most. */
const firstPause = 50;
const longestPause = 1_000;

/** Follows a log as `ClusterLog.follow` says, by pulling: one loop for all brokers. Returns what ends it. */
export function followLog(parts: FollowParts, after: LogPlace, follower: LogFollower): () => void {
  const following = new Following(parts, after, follower);
  void following.run();
  return () => following.end();
}

class Following {
  readonly #parts: FollowParts;
  readonly #follower: LogFollower;
  #at: LogPlace;
  #open = true;
  #live = false;
  #wake: () => void = () => {};

  constructor(parts: FollowParts, after: LogPlace, follower: LogFollower) {
    this.#parts = parts;
    this.#follower = follower;
    this.#at = after;
  }

  async run(): Promise<void> {
    // Whoever was away asks first: the log may have been lost meanwhile, or have come back older than it was.
    let doubtful = true;
    let pause = 0;
    while (this.#open) {
      try {
        const same: boolean = !doubtful || (await this.#holds());
        const entries: readonly LogEntry[] = same ? await this.#parts.source.pull(this.#at) : [];
        if (!this.#open) return;
        if (!same || !this.#take(entries)) return this.#lose();
        doubtful = entries.length === 0;
        pause = 0;
        this.#tell(true);
      } catch (error) {
        if (!this.#open) return;
        if (this.#live)
          this.#parts.log.warn({ err: error }, "the cluster's log cannot be read: trying again");
        this.#tell(false);
        doubtful = true;
        pause = Math.min(longestPause, Math.max(firstPause, 2 * pause));
        await this.#rest(pause);
      }
    }
  }

  end(): void {
    this.#open = false;
    this.#parts.source.end();
    this.#wake();
  }

  /** Whether the log still is the one that is followed, and has not gone back behind what was given. */
  async #holds(): Promise<boolean> {
    const { epoch, place } = this.#at;
    const now = await this.#parts.ends();
    if (now === null || now.epoch !== epoch || now.first > place + 1 || now.last < place) return false;
    // Nothing waits: there is no need to wait for the next entry to know it.
    if (now.last === place) this.#tell(true);
    return true;
  }

  /** False where an entry is missing. */
  #take(entries: readonly LogEntry[]): boolean {
    for (const entry of entries) {
      if (!this.#open) return true;
      if (entry.place !== this.#at.place + 1) return false;
      this.#at = { ...this.#at, place: entry.place };
      this.#follower.entry(entry);
    }
    return true;
  }

  #lose(): void {
    this.end();
    this.#follower.lost();
  }

  #tell(live: boolean): void {
    const changed = live !== this.#live;
    this.#live = live;
    if (changed && this.#open) this.#follower.live(live);
  }

  #rest(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(delay, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
