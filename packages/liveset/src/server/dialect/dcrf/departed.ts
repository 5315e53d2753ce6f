/** Where a subscription was when its connection ended. */
export interface LeftOff {
  readonly cursor: string;
  readonly plan: string;
}

/** So many are remembered; the oldest are forgotten first. */
const most = 10_000;

/**
 * The subscriptions of connections that have ended. dcrf-client subscribes again with the same request_id when it has connected
 * again, and that is how it is known that it may have missed something.
 */
export class Departed {
  readonly #subscriptions = new Map<string, LeftOff>();

  remember(subscription: string, leftOff: LeftOff): void {
    this.#subscriptions.delete(subscription);
    this.#subscriptions.set(subscription, leftOff);
    if (this.#subscriptions.size <= most) return;
    const [oldest = ""] = this.#subscriptions.keys();
    this.#subscriptions.delete(oldest);
  }

  /** Where it left off, once; null where it is not known. */
  take(subscription: string): LeftOff | null {
    const leftOff = this.#subscriptions.get(subscription) ?? null;
    this.#subscriptions.delete(subscription);
    return leftOff;
  }
}
