import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../../../log.ts";

/** What is watched. */
export interface LivenessParts {
  /** Resolves when all that was committed before the call has come. */
  readonly caughtUp: () => Promise<void>;
  /** Is told when it changes. */
  readonly onChange: (isLive: boolean) => void;
  readonly log: Log;
}

/** Between two looks, and how long one may take, in ms. */
const lookEvery = 3_000;
const patience = 3_000;

/** Why a node is not live: the log does not come, nobody publishes what is committed, or not all that this node needs. */
type Reason = "log" | "late" | "tables";

/**
 * Knows whether a node tells what is committed: the broker is there, and the database, and somebody reads its changes. It looks from time
 * to time by waiting for what is committed then.
 */
export class Liveness {
  readonly #parts: LivenessParts;
  readonly #reasons = new Set<Reason>();
  readonly #stopped = new AbortController();

  constructor(parts: LivenessParts) {
    this.#parts = parts;
  }

  /** Begins to look. */
  begin(): void {
    void this.#watch();
  }

  /** The broker tells the log's entries as they come, or does not. */
  log(comes: boolean): void {
    this.#set("log", !comes);
  }

  /** The log has all tables and columns that this node needs, or has not. */
  tables(all: boolean): void {
    this.#set("tables", !all);
  }

  end(): void {
    this.#stopped.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await delay(lookEvery, null, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      const timer = setTimeout(() => this.#set("late", true), patience);
      try {
        await this.#parts.caughtUp();
        this.#set("late", false);
      } catch (error) {
        if (!this.#reasons.has("late"))
          this.#parts.log.warn({ err: error }, "what is committed does not come");
        this.#set("late", true);
      } finally {
        clearTimeout(timer);
      }
    }
  }

  #set(reason: Reason, holds: boolean): void {
    if (this.#stopped.signal.aborted) return;
    const was = this.#reasons.size === 0;
    if (holds) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    const is = this.#reasons.size === 0;
    if (is !== was) this.#parts.onChange(is);
  }
}
