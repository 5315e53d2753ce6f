import type { Transaction } from "../../core/change/transaction.ts";
import type { Clock } from "../../core/clock.ts";
import { type DispatchParts, dispatch } from "./dispatch.ts";
import { failureOf } from "./failure-of.ts";
import type { Group } from "./group.ts";
import { answer } from "./judged/answers.ts";
import { concernsOf, groupsConcerned } from "./judged/concerns.ts";
import { ensureWatched } from "./judged/ensure-watched.ts";
import type { JudgedQuery } from "./judged/judged-query.ts";
import type { Judgement } from "./judged/judgement.ts";
import { Loads } from "./judged/loads.ts";
import { judgementsOf } from "./judged/verdicts.ts";
import { type Concerned, concernedBy, followWindows } from "./judged/window-changes.ts";
import type { Position } from "./position.ts";
import { TransactionQueue } from "./transaction-queue.ts";

/** What a pipeline works with. */
export interface PipelineParts extends DispatchParts {
  readonly position: Position;
  readonly clock: Clock;
  /** A transaction could not be handed out: nobody knows who missed what. Does not throw. */
  broken(thrown: unknown, transaction: Transaction): void;
}

/** Before the database is asked again that was not there, in ms: the first time, and at most. */
const firstPause = 50;
const longestPause = 2_000;

/**
 * The way of transactions from the feed to the clients, in the feed's order.
 *
 *   feed ─► does the database have to tell what it means to a group? ─ no ─► dispatch, at once
 *                   │ yes, or others wait already
 *                   ▼
 *                 queue ─► one read under way, about all that waits ─► dispatch, one after the other, with what became
 *                                                                     of those groups
 *
 * The read's snapshot stands at the last transaction that waits when it begins. What the database says is true there, and is
 * told with the first of the transactions that may have caused it: at a cursor or later than it, never an older state (P1).
 * What comes meanwhile waits for the next read.
 *
 * The queue is bounded by the rows changed in it (`limits.waitingChanges`). When it is full, as where the database is gone for
 * long, the groups concerned are reset, and all that waits is handed out to the others.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #queue = new TransactionQueue();
  readonly #loads = new Loads();
  /** Whether a read is under way, or is to be tried again. */
  #busy = false;
  #open = true;
  /** Counts how often the queue was given up: answers to what was asked before mean nothing then. */
  #givenUp = 0;
  #wake: () => void = () => {};

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    void this.#run();
  }

  /** Takes the feed's next transaction. Does not throw. */
  take(transaction: Transaction): void {
    if (!this.#busy && this.#queue.isEmpty) {
      const concerned = this.#concernedBy(transaction);
      if (!concerned.needsDatabase) return this.#dispatch(transaction, followWindows(concerned));
    }
    this.#queue.push(transaction);
    if (this.#queue.changes > this.#parts.runtime.limits.waitingChanges) this.#giveUp();
    this.#wake();
  }

  /**
   * Resolves when the members of a group that only the database can judge are known, as they were when this was called or
   * later; they are kept up to date from then on.
   *
   * @throws LivesetError the reason why they cannot be had.
   */
  async load(group: Group, judged: JudgedQuery): Promise<void> {
    if (judged.members === null) {
      ensureWatched(this.#parts.runtime, judged);
      const loaded = this.#loads.add(group, judged);
      this.#wake();
      return loaded;
    }
    // Who asks now must not be shown what was before: it may have been permitted then (P5).
    const { runtime, position } = this.#parts;
    const { cursor } = await runtime.database.read(async () => null);
    await position.reached(cursor);
  }

  /** The feed has begun a new epoch, and all lists with it: of what waits only the authors are told. Does not throw. */
  restart(): void {
    this.#giveUp();
    this.#parts.position.restart();
  }

  /** Nothing is handed out any more. */
  end(): void {
    this.#open = false;
    this.#parts.position.end();
    this.#wake();
  }

  /** A loop of its own, so that a read never belongs to the transaction or snapshot that is open where it is asked for. */
  async #run(): Promise<void> {
    let pause = 0;
    while (this.#open) {
      this.#skip();
      this.#busy = !this.#queue.isEmpty || !this.#loads.isEmpty;
      if (!this.#busy) await this.#rest(null);
      else if (await this.#round()) pause = 0;
      else {
        pause = Math.min(longestPause, Math.max(firstPause, 2 * pause));
        await this.#rest(pause);
      }
    }
  }

  /** Hands out what waits at the front and needs no answer of the database. */
  #skip(): void {
    for (;;) {
      const { next } = this.#queue;
      if (next === undefined) return;
      const concerned = this.#concernedBy(next);
      if (concerned.needsDatabase) return;
      this.#queue.take(1);
      this.#dispatch(next, followWindows(concerned));
    }
  }

  /** Asks the database about all that waits, and hands it out. False where the database cannot be asked now. */
  async #round(): Promise<boolean> {
    const { runtime, groups } = this.#parts;
    const begun = this.#givenUp;
    try {
      const { value } = await runtime.database.read(async (db) => {
        const batch = this.#queue.all();
        const concerns = concernsOf(groups.dependents, batch);
        const answers = await answer(runtime, db, concerns);
        return { batch, answers, load: await this.#loads.read(runtime, db) };
      });
      if (begun !== this.#givenUp || !this.#open) return true;
      this.#queue.take(value.batch.length);
      const judgements = judgementsOf(value.batch, value.answers, runtime.limits.liveRows);
      this.#dispatchAll(value.batch, judgements);
      value.load();
      return true;
    } catch (thrown) {
      return this.#failed(thrown);
    }
  }

  #failed(thrown: unknown): boolean {
    const { runtime } = this.#parts;
    if (!this.#open) return true;
    const error = failureOf(runtime, thrown, { waiting: this.#queue.changes });
    this.#loads.fail(error);
    if (error.code === "unavailable") {
      runtime.log.warn({ err: thrown }, "the database cannot be asked what changes mean: trying again");
      return false;
    }
    this.#giveUp();
    return true;
  }

  /** Hands out all that waits. The groups that it may concern are told to begin anew. */
  #giveUp(): void {
    this.#givenUp++;
    const given = this.#queue.take(Number.POSITIVE_INFINITY);
    for (const group of groupsConcerned(concernsOf(this.#parts.groups.dependents, given))) {
      for (const subscriber of [...group.subscribers]) subscriber.reset("backlog");
    }
    this.#dispatchAll(given, () => []);
  }

  /** Hands out transactions with what the database said of them; the windows that it was not asked about follow them one by one. */
  #dispatchAll(
    transactions: readonly Transaction[],
    judgements: (transaction: Transaction) => readonly Judgement[],
  ): void {
    const ahead = new Set<Group>();
    for (const transaction of transactions) {
      const judged = judgements(transaction);
      for (const { group } of judged) ahead.add(group);
      this.#dispatch(transaction, [...judged, ...followWindows(this.#concernedBy(transaction), ahead)]);
    }
  }

  #concernedBy(transaction: Transaction): Concerned {
    return concernedBy(this.#parts.groups.dependents, transaction);
  }

  #dispatch(transaction: Transaction, judgements: readonly Judgement[]): void {
    try {
      dispatch(this.#parts, transaction, judgements);
    } catch (thrown) {
      this.#parts.broken(thrown, transaction);
    }
    this.#parts.position.advance(transaction.cursor);
  }

  /** Waits until there is something to do, or, given a time, until it has passed or the end. */
  async #rest(delay: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      if (delay === null) {
        this.#wake = resolve;
        return;
      }
      const cancel = this.#parts.clock.after(delay, resolve);
      this.#wake = () => {
        if (this.#open) return;
        cancel();
        resolve();
      };
    });
    this.#wake = () => {};
  }
}
