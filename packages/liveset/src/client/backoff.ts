/** How the pause before a new attempt grows. Times in ms. */
export interface Backoff {
  /** The bound of the first pause. Default 500. */
  readonly min: number;
  /** The bound of every pause. Default 30,000. */
  readonly max: number;
  /** By what the bound grows with each failed attempt. Default 2. */
  readonly factor: number;
}

export const defaultBackoff: Backoff = { min: 500, max: 30_000, factor: 2 };

/**
 * The pause before attempt `attempt` (0 is the first after a loss), with full jitter: anything between nothing and the bound, so
 * that the clients of a restarted server do not all come back at once.
 */
export function pause(backoff: Backoff, attempt: number, random: () => number): number {
  return random() * Math.min(backoff.max, backoff.min * backoff.factor ** attempt);
}
