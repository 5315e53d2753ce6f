import type { Transaction } from "../../core/change/transaction.ts";

/** Transactions that wait, in the feed's order. */
export class TransactionQueue {
  #waiting: Transaction[] = [];
  #changes = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Rows changed by all that wait. */
  get changes(): number {
    return this.#changes;
  }

  /** The first of them. */
  get next(): Transaction | undefined {
    return this.#waiting[0];
  }

  /** All of them. */
  all(): readonly Transaction[] {
    return [...this.#waiting];
  }

  push(transaction: Transaction): void {
    this.#waiting.push(transaction);
    this.#changes += transaction.changes.length;
  }

  /** Takes the first ones out. */
  take(count: number): readonly Transaction[] {
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    for (const { changes } of taken) this.#changes -= changes.length;
    return taken;
  }
}
